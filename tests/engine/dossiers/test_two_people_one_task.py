"""Real commits from several connections at once: one wins, the others are told by whom, nothing happens twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from engine.dossiers.models import Dossier, Event, EventKind, Task, WorkflowState
from engine.dossiers.operations import complete_task, receive_dossier
from engine.dossiers.queries import open_tasks
from engine.dossiers.refusals import TaskAlreadyDone
from engine.dossiers.tasks import due_dossiers, wake_due_dossiers

PEOPLE_AT_ONCE = 8


def test_eight_clerks_complete_one_task_and_exactly_one_succeeds(committed_office, moment):
    now = moment("2026-03-10 09:40")
    office, sessions = committed_office
    dossier = office.receive(now)
    task_id = office.task(dossier, "give").id
    office.session.commit()
    barrier = Barrier(PEOPLE_AT_ONCE)

    def attempt(number: int) -> str:
        with sessions() as session:
            mine = type(office)(session)
            actor = mine.actor("bd.lan" if number % 2 else "bd.hung", now)
            barrier.wait()
            try:
                complete_task(session, actor, now, task_id, {"packets": 1})
            except TaskAlreadyDone as refused:
                return str(refused.parameters["by"])
            session.commit()
            return "done"

    with ThreadPoolExecutor(PEOPLE_AT_ONCE) as pool:
        outcomes = list(pool.map(attempt, range(PEOPLE_AT_ONCE)))
    assert outcomes.count("done") == 1
    with sessions() as session:
        winner = session.get(Task, task_id).completed_by.full_name
        handed_over = select(func.count(Event.id)).where(Event.kind == EventKind.HANDED_OVER)
        assert session.scalar(handed_over) == 1
    assert {outcome for outcome in outcomes if outcome != "done"} == {winner}


def test_a_transaction_that_dies_in_the_middle_leaves_the_task_to_the_next_one(committed_office, moment):
    now = moment("2026-03-10 09:40")
    office, sessions = committed_office
    dossier = office.receive(now)
    task_id = office.task(dossier, "give").id
    office.session.commit()
    with pytest.raises(OperationalError), sessions() as dying:
        complete_task(dying, type(office)(dying).actor("bd.hung", now), now, task_id, {"packets": 1})
        dying.flush()
        dying.connection().connection.dbapi_connection.close()
    with sessions() as session:
        complete_task(session, type(office)(session).actor("bd.lan", now), now, task_id, {"packets": 1})
        session.commit()
        assert session.get(Task, task_id).completed_by.username == "bd.lan"
        assert [task.element_id for task in open_tasks(session, dossier.id)] == ["take"]


def test_workers_that_wake_the_same_dossier_fire_its_timer_once(committed_office, moment):
    asked, late = moment("2026-03-10 09:40"), moment("2026-04-20 08:00")
    office, sessions = committed_office
    lacking = replace(office.complete_reception(asked), decision="supplement", reason="Thiếu giấy tờ")
    dossier = receive_dossier(office.session, office.actor("bd.lan", asked), asked, lacking)
    office.session.commit()
    with ThreadPoolExecutor(4) as pool:
        fired = list(pool.map(lambda _: wake_due_dossiers(sessions, late), range(4)))
    assert sum(fired) == 1
    with sessions() as session:
        assert session.get(Dossier, dossier.id).closed_at == late


def test_a_dossier_whose_timer_fails_does_not_stop_the_others(committed_office, moment):
    asked, late = moment("2026-03-10 09:40"), moment("2026-04-20 08:00")
    office, sessions = committed_office
    lacking = replace(office.complete_reception(asked), decision="supplement", reason="Thiếu giấy tờ")
    damaged, sound = (receive_dossier(office.session, office.actor("bd.lan", asked), asked, lacking) for _ in range(2))
    office.session.get(WorkflowState, damaged.id).state = b"not a state"
    office.session.commit()
    assert wake_due_dossiers(sessions, late) == 1
    with sessions() as session:
        assert session.get(Dossier, sound.id).closed_at == late
        assert session.get(Dossier, damaged.id).closed_at is None


def test_a_due_dossier_on_which_somebody_works_is_passed_over_and_holds_nobody_up(committed_office, moment):
    asked, late = moment("2026-03-10 09:40"), moment("2026-04-20 08:00")
    office, sessions = committed_office
    lacking = replace(office.complete_reception(asked), decision="supplement", reason="Thiếu giấy tờ")
    held, free = (receive_dossier(office.session, office.actor("bd.lan", asked), asked, lacking) for _ in range(2))
    office.session.commit()
    with sessions() as working:
        working.execute(select(Dossier.id).where(Dossier.id == held.id).with_for_update())
        with ThreadPoolExecutor(1) as pool:
            woken = pool.submit(wake_due_dossiers, sessions, late)
            try:
                assert woken.result(timeout=30) == 1
            finally:
                working.rollback()
    with sessions() as session:
        assert session.get(Dossier, held.id).closed_at is None
        assert session.get(Dossier, free.id).closed_at == late
    assert wake_due_dossiers(sessions, late) == 1


def test_two_workers_take_different_dossiers_longest_overdue_first(committed_office, moment):
    office, sessions = committed_office
    for minutes in range(3):
        asked = moment(f"2026-03-10 09:4{minutes}")
        lacking = replace(office.complete_reception(asked), decision="supplement", reason="Thiếu giấy tờ")
        receive_dossier(office.session, office.actor("bd.lan", asked), asked, lacking)
    office.session.commit()
    late = moment("2026-04-20 08:00")
    with sessions() as first, sessions() as second:
        taken = [due_dossiers(first, late, 1), due_dossiers(second, late, 1)]
        assert taken == [
            [id] for id in office.session.scalars(select(Dossier.id).order_by(Dossier.submitted_at).limit(2))
        ]
