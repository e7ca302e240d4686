"""What somebody has claimed goes back to its queue when they may not do it any more, and nobody has to notice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import select, text

from engine.command_line.working import job_functions
from engine.dossiers.former_holders import release_tasks_of_former_holders
from engine.dossiers.models import EventKind, Task
from engine.dossiers.operations import claim_task, release_tasks_of, request_withdrawal
from engine.dossiers.queries import events_of
from engine.dossiers.standing import without_owner
from engine.dossiers.work_list import work_list
from engine.organisation.models import Membership, Role
from engine.organisation.operations import grant_role, revoke_role
from engine.organisation.queries import person_by_username, unit_by_code
from engine.settings import Settings
from tests.engine.dossiers.competition import LONGEST_WAIT, wait_until_blocked

MORNING, LAST_DAY, NEXT_DAY = "2026-03-10 09:40", "2026-03-11 16:00", "2026-03-12 08:00"


def role_for(session, task):
    """What lets the holder of the task do it."""
    held = select(Membership).where(Membership.person_id == task.claimed_by_id, Membership.unit_id == task.unit_id)
    return session.scalars(held.where(Membership.role == task.role)).one()


def held_by(sessions, task):
    with sessions() as session:
        holder = session.get_one(Task, task.id).claimed_by
        return holder.username if holder else None


def test_what_is_held_in_a_role_that_has_expired_goes_back_the_day_after_its_last(committed_office, moment):
    office, sessions = committed_office
    dossier, kept = office.examine(moment(MORNING)), office.receive(moment(MORNING))
    task, other = office.task(dossier, "examine"), office.task(kept, "give")
    claim_task(office.session, office.actor("bd.lan", moment(MORNING)), moment(MORNING), other.id)
    role_for(office.session, task).valid_to = date(2026, 3, 11)
    office.session.commit()
    assert release_tasks_of_former_holders(sessions, moment(LAST_DAY)) == 0
    assert held_by(sessions, task) == "nv.hoa"
    assert [row.number for row in without_owner(office.session, moment(NEXT_DAY))] == [dossier.number]
    office.session.rollback()

    assert release_tasks_of_former_holders(sessions, moment(NEXT_DAY)) == 1
    assert release_tasks_of_former_holders(sessions, moment(NEXT_DAY)) == 0
    assert (held_by(sessions, task), held_by(sessions, other)) == (None, "bd.lan")
    with sessions() as session:
        assert without_owner(session, moment(NEXT_DAY)) == []
        last = events_of(session, dossier.id)[-1]
        assert (last.kind, last.actor_name, last.task_id) == (EventKind.TASK_RELEASED, "", task.id)
        waiting = work_list(session, type(office)(session).actor("nv.dung", moment(NEXT_DAY)), moment(NEXT_DAY)).rows
        assert dossier.id in {row.dossier_id for row in waiting}


def test_a_role_in_another_unit_keeps_nothing(committed_office, moment):
    office, sessions = committed_office
    task = office.task(office.examine(moment(MORNING)), "examine")
    person, elsewhere = person_by_username(office.session, "nv.hoa"), unit_by_code(office.session, "VHTTDL")
    grant_role(office.session, None, moment(MORNING), person, elsewhere, Role.OFFICER)
    role_for(office.session, task).valid_to = date(2026, 3, 11)
    office.session.commit()
    assert release_tasks_of_former_holders(sessions, moment(NEXT_DAY)) == 1
    assert held_by(sessions, task) is None


def test_revoking_a_role_has_what_was_held_in_it_given_back_at_once(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    assert task.claimed_by.username == "nv.hoa"
    revoke_role(office.session, None, now, role_for(office.session, task))
    (job,) = office.session.execute(
        text("SELECT task_name, args FROM procrastinate_jobs WHERE task_name = 'release_tasks_of'")
    )
    job_functions(Settings())[job.task_name](office.session, now, **job.args)
    office.session.refresh(task)
    assert (task.claimed_by, task.claimed_at) == (None, None)
    assert without_owner(office.session, now) == []


def test_what_is_held_in_another_role_is_kept_when_one_is_revoked(office, moment):
    now = moment(MORNING)
    task = office.task(office.examine(now), "examine")
    person = person_by_username(office.session, "nv.hoa")
    second = grant_role(office.session, None, now, person, task.unit, Role.RECORDS_CLERK)
    revoke_role(office.session, None, now, second)
    assert release_tasks_of(office.session, now, person) == []
    assert task.claimed_by is person


def test_a_dossier_that_ends_in_the_meantime_stops_no_other(committed_office, moment):
    office, sessions = committed_office
    now = moment(MORNING)
    ending, going_on = office.examine(now), office.examine(now)
    person = person_by_username(office.session, "nv.hoa")
    person.active = False
    office.session.commit()

    def release():
        with sessions.begin() as session:
            return [task.dossier_id for task in release_tasks_of(session, now, person_by_username(session, "nv.hoa"))]

    with sessions() as first, ThreadPoolExecutor(1) as pool:
        ended = type(office)(first)
        request_withdrawal(first, ended.actor("bd.lan", now), now, ending.id, "Nộp nhầm thủ tục")
        ended.do(ending, "confirm_withdrawal", "nv.son", now, {"papers_returned": True})
        first.flush()
        released = pool.submit(release)
        wait_until_blocked(sessions, first.scalar(text("SELECT pg_backend_pid()")))
        first.commit()
        assert released.result(timeout=LONGEST_WAIT) == [going_on.id]
