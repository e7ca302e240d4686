"""The reorganisation of 1 March 2025: an open dossier goes on under the successor, and nobody has to notice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, EventKind
from engine.dossiers.operations import fire_due_timers, give_late_opinion
from engine.dossiers.queries import dossier_for, events_of, open_tasks, opinions_of, tasks_of
from engine.dossiers.standing import without_owner
from engine.dossiers.succession import continue_under_successor, continue_under_successors, orphaned_dossiers
from engine.dossiers.work_list import work_list
from engine.organisation.models import Membership, ReceptionAssignment, Unit, UnitSuccession
from engine.organisation.queries import person_by_username, unit_by_code
from tests.engine.dossiers.test_late_opinions import AFTER_THE_LIMIT, MONDAY, SAID, consult

LAST_WEEK, AFTER = "2025-02-27 09:00", "2025-03-03 08:00"


def end_unit(session: Session, code: str, last: date) -> Unit:
    """Let the unit exist until `last`, and nobody hold a role in it any longer."""
    unit = unit_by_code(session, code)
    unit.valid_to = last
    for held in session.scalars(select(Membership).where(Membership.unit_id == unit.id)):
        held.valid_to = last
    session.flush()
    return unit


def succeed(session: Session, code: str, by: str, first: date) -> Unit:
    """Let a new unit follow the unit `code` on the day `first`: its people work there, its counter receives there."""
    people = list(session.scalars(select(Membership).join(Unit).where(Unit.code == code)))
    old = end_unit(session, code, first - timedelta(days=1))
    new = Unit(code=by, name=f"{old.name} mới", name_en=by, kind=old.kind, parent_id=old.parent_id, valid_from=first)
    session.add(new)
    session.flush()
    session.add(UnitSuccession(old_unit_id=old.id, new_unit_id=new.id, effective_on=first, decision="QĐ"))
    session.add_all(
        Membership(person_id=held.person_id, unit_id=new.id, role=held.role, valid_from=first) for held in people
    )
    for row in session.scalars(select(ReceptionAssignment).where(ReceptionAssignment.counter_id == old.id)).all():
        kept = {
            "deciding_unit_id": row.deciding_unit_id,
            "operator": row.operator,
            "procedure_code": row.procedure_code,
        }
        session.add(ReceptionAssignment(**kept, counter_id=new.id, valid_from=first, decision="QĐ"))
        row.valid_to = first - timedelta(days=1)
    session.flush()
    return new


def test_an_open_dossier_of_an_ended_body_passes_to_its_successor_with_its_tasks(office, moment):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    office.do(dossier, "give", "bd.lan", before, {"packets": 1})
    office.session.flush()
    assert orphaned_dossiers(office.session, before) == []
    assert orphaned_dossiers(office.session, after) == [dossier.id]
    assert [row.number for row in without_owner(office.session, after)] == [dossier.number]

    continue_under_successor(office.session, after, dossier.id)
    office.session.flush()
    assert without_owner(office.session, after) == []
    assert dossier.deciding_unit.code == "NV"
    assert [row.name for row in work_list(office.session, office.actor("nv.mai", after), after).rows] == [
        "Nhận hồ sơ từ quầy"
    ]
    last = events_of(office.session, dossier.id)[-1]
    assert last.kind == EventKind.UNIT_SUCCEEDED
    assert last.details == {"before": "Sở Lao động - Thương binh và Xã hội", "after": "Sở Nội vụ"}


def test_passing_it_on_twice_changes_nothing(office, moment):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    office.session.flush()
    for _ in range(2):
        continue_under_successor(office.session, after, dossier.id)
        office.session.flush()
    kinds = [event.kind for event in events_of(office.session, dossier.id)]
    assert kinds.count(EventKind.UNIT_SUCCEEDED) == 1


@pytest.mark.parametrize(("holder", "kept"), [("nv.mai", True), ("nv.hoa", False)])
def test_a_taken_task_stays_with_whoever_holds_its_role_in_the_successor_else_it_waits(office, moment, holder, kept):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    office.do(dossier, "give", "bd.lan", before, {"packets": 1})
    (task,) = [each for each in tasks_of(office.session, dossier.id) if each.element_id == "take"]
    task.claimed_by, task.claimed_at = person_by_username(office.session, holder), before
    office.session.flush()
    continue_under_successor(office.session, after, dossier.id)
    office.session.flush()
    assert without_owner(office.session, after) == []
    assert (task.claimed_by is not None) is kept
    gone = [event.details for event in events_of(office.session, dossier.id) if event.kind == EventKind.HOLDER_GONE]
    assert [(each["person"], each["unit"]) for each in gone] == ([] if kept else [("Triệu Thị Hòa", "Sở Nội vụ")])


def test_the_dossier_walks_on_to_its_end_and_keeps_its_number(office, moment):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    number = dossier.number
    office.do(dossier, "give", "bd.lan", before, {"packets": 1})
    office.session.flush()
    continue_under_successor(office.session, after, dossier.id)
    office.session.flush()
    office.do(dossier, "take", "nv.mai", after, {"accepted": True})
    office.do(dossier, "assign", "nv.son", after, {"officer": "nv.hoa"})
    office.return_result(dossier, after)
    assert dossier.closed_at is not None
    assert dossier.number == number
    assert dossier_for(office.session, office.actor("bd.lan", after), dossier.id) is dossier


def test_a_dossier_of_an_ended_counter_goes_on_at_the_counter_that_follows_it(office, moment):
    received, now = moment(MONDAY), moment("2026-03-12 08:00")
    dossier = office.receive(received)
    office.do(dossier, "give", "bd.lan", received, {"packets": 1})
    succeed(office.session, "QUAY1", "QUAY9", now.date())
    assert orphaned_dossiers(office.session, now) == [dossier.id]
    continue_under_successor(office.session, now, dossier.id)
    office.session.flush()
    assert orphaned_dossiers(office.session, now) == []
    last = events_of(office.session, dossier.id)[-1]
    assert (last.kind, last.details["after"]) == (EventKind.UNIT_SUCCEEDED, dossier.counter.name)
    office.do(dossier, "take", "nv.mai", now, {"accepted": False, "reason": "Thiếu dấu"})
    office.do(dossier, "give", "bd.lan", now, {"packets": 1})
    assert dossier.counter.code == "QUAY9"


def test_a_dossier_that_nobody_has_taken_over_stops_no_other(committed_office, moment):
    office, sessions = committed_office
    received, now = moment(MONDAY), moment("2026-03-12 08:00")
    left, followed = office.receive(received), office.receive(received)
    followed.counter = succeed(office.session, "QUAY1", "QUAY9", now.date())
    gone = Unit(code="GONE", name="Đã giải thể", name_en="Gone", kind="agency", valid_from=received.date())
    left.deciding_unit = gone
    office.session.add(gone)
    office.session.flush()
    end_unit(office.session, "GONE", received.date())
    office.session.commit()
    assert continue_under_successors(sessions, now, size=1) == 1
    with sessions() as session:
        assert {task.unit.code for task in open_tasks(session, followed.id)} == {"QUAY9"}
        assert session.get_one(Dossier, left.id).deciding_unit.code == "GONE"


def test_a_consulted_agency_that_ended_answers_by_its_successor(office, moment):
    now = moment("2026-03-12 09:00")
    dossier = consult(office, moment(MONDAY))
    asked = next(row for row in opinions_of(office.session, dossier.id) if row.verdict is None)
    successor = succeed(office.session, "CA", "CA9", now.date())
    continue_under_successor(office.session, now, dossier.id)
    task = next(task for task in open_tasks(office.session, dossier.id) if task.unit is successor)
    office.complete(task, "ca.hieu", now, {"opinion": "agree", "document_number": "21/CA"})
    assert (asked.verdict, asked.answered_at) == ("agree", now)
    given = [event.details["agency"] for event in events_of(office.session, dossier.id)
             if event.kind == EventKind.OPINION_GIVEN]  # fmt: skip
    assert given[-1] == successor.name


def test_its_silence_is_counted_and_its_successor_may_still_speak(office, moment):
    now = moment(AFTER_THE_LIMIT)
    dossier = consult(office, moment(MONDAY))
    succeed(office.session, "CA", "CA9", moment("2026-03-12 09:00").date())
    continue_under_successor(office.session, moment("2026-03-12 09:00"), dossier.id)
    fire_due_timers(office.session, now, dossier.id)
    assert [row.verdict for row in opinions_of(office.session, dossier.id)].count("silence") == 1
    give_late_opinion(office.session, office.actor("ca.hieu", now), now, dossier.id, SAID)
    assert [row.content for row in opinions_of(office.session, dossier.id) if row.late] == [SAID]
