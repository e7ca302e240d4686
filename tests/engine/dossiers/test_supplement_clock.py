"""Supplement after acceptance: once, in writing, with the clock standing still, and not for ever."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.dossiers.models import DossierState, EventKind, Supplement, WorkflowState
from engine.dossiers.operations import fire_due_timers, receive_dossier
from engine.dossiers.paper_contents import supplement_request_content
from engine.dossiers.queries import events_of, waits_of
from engine.dossiers.refusals import SupplementAlreadyAsked
from engine.dossiers.tasks import due_dossiers

ASKED = "2026-03-12 10:00"


def test_the_clock_stands_still_while_the_applicant_is_asked(office, moment):
    dossier = office.examine(moment("2026-03-09 08:30"))
    office.ask_for_papers(dossier, moment(ASKED))
    assert dossier.state == DossierState.SUPPLEMENT_WAIT
    assert dossier.suspended_at == moment(ASKED)
    due = office.session.get(WorkflowState, dossier.id).next_due_at
    assert due is not None
    assert {wait.attached_to for wait in waits_of(office.session, dossier.id)} >= {"receive_supplement"}


def test_the_due_date_moves_by_the_working_time_waited_and_the_original_stays(office, moment):
    dossier = office.examine(moment("2026-03-09 08:30"))
    original = dossier.due_at
    assert original == moment("2026-03-16 08:30")
    office.ask_for_papers(dossier, moment(ASKED))
    office.do(dossier, "receive_supplement", "bd.lan", moment("2026-03-20 14:00"), {"note": "Đã nộp ảnh"})
    assert dossier.due_at == moment("2026-03-24 11:00")
    assert dossier.original_due_at == original
    assert dossier.suspended_at is None
    assert dossier.state == DossierState.EXAMINING
    row = office.session.scalars(select(Supplement)).one()
    assert "Thiếu ảnh tem kiểm định" in row.content
    assert (row.due_before, row.due_after) == (original, dossier.due_at)


def test_the_request_says_until_when_papers_may_be_brought(office, moment):
    dossier = office.examine(moment("2026-03-09 08:30"))
    office.ask_for_papers(dossier, moment(ASKED))
    office.session.flush()
    content = supplement_request_content(office.session, dossier)
    assert content.answer_by == moment("2026-04-13 17:00")
    office.do(dossier, "receive_supplement", "bd.lan", moment("2026-03-20 14:00"), {"note": "Đã nộp ảnh"})
    office.session.flush()
    assert supplement_request_content(office.session, dossier).answer_by is None


def test_the_guidance_at_the_counter_says_until_when_the_dossier_may_be_completed(office, moment):
    now = moment("2026-03-09 08:30")
    guided = replace(
        office.complete_reception(now), components=(), decision="supplement", reason="Thiếu phiếu khai báo"
    )
    dossier = receive_dossier(office.session, office.actor("bd.lan", now), now, guided)
    office.session.flush()
    assert supplement_request_content(office.session, dossier).answer_by == moment("2026-04-08 17:00")


def test_a_second_request_for_papers_is_refused(office, moment):
    dossier = office.examine(moment("2026-03-09 08:30"))
    office.ask_for_papers(dossier, moment(ASKED))
    later = moment("2026-03-20 14:00")
    office.do(dossier, "receive_supplement", "bd.lan", later, {"note": ""})
    with pytest.raises(SupplementAlreadyAsked):
        office.ask_for_papers(dossier, later)


def test_without_an_answer_the_dossier_stops_when_the_thirtieth_day_is_over_and_not_a_minute_earlier(office, moment):
    """11/4 is a Saturday: the last day is Monday, 13/4."""
    dossier = office.examine(moment("2026-03-09 08:30"))
    office.ask_for_papers(dossier, moment(ASKED))
    office.session.flush()
    assert due_dossiers(office.session, moment("2026-04-13 16:59")) == []
    assert not fire_due_timers(office.session, moment("2026-04-13 16:59"), dossier.id)
    assert due_dossiers(office.session, moment("2026-04-13 17:00")) == [dossier.id]
    assert fire_due_timers(office.session, moment("2026-04-13 17:00"), dossier.id)
    assert dossier.state == DossierState.STOPPED
    office.session.flush()
    fired = [event for event in events_of(office.session, dossier.id) if event.kind == EventKind.TIMER_FIRED]
    assert [event.actor_name for event in fired] == [""]
    assert office.session.scalars(select(Supplement.expired_at)).one() == moment("2026-04-13 17:00")
    assert EventKind.SUPPLEMENT_EXPIRED in [event.kind for event in events_of(office.session, dossier.id)]


def test_papers_brought_after_the_last_day_come_too_late_even_if_no_worker_has_run(office, moment):
    from engine.workflow import TaskNotReady

    dossier = office.examine(moment("2026-03-09 08:30"))
    office.ask_for_papers(dossier, moment(ASKED))
    with pytest.raises(TaskNotReady):
        office.do(dossier, "receive_supplement", "bd.lan", moment("2026-04-20 09:00"), {"note": ""})
