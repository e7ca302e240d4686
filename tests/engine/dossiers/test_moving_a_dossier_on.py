"""Completing tasks: who may, what follows, and what a refused action leaves behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.dossiers.models import DossierState, Event, EventKind, HandOver, Task, TaskState, WorkflowState
from engine.dossiers.operations import claim_task, complete_task, reassign_task, release_task, request_withdrawal
from engine.dossiers.queries import events_of, form_data, hand_overs_of, open_tasks
from engine.dossiers.refusals import (
    AlreadyClosed,
    CannotHold,
    NotReassignable,
    NotYourTask,
    TaskAlreadyDone,
    TaskClaimed,
    TooLateToWithdraw,
    UnknownTask,
    WrongReceptionTask,
)
from engine.dossiers.standing import diagram_marks, without_owner
from engine.dossiers.work_list import work_list
from engine.forms import FormRefused
from engine.organisation.models import Role
from engine.organisation.queries import person_by_username, unit_by_code

MORNING = "2026-03-10 09:40"


def test_a_dossier_walks_from_the_counter_to_the_applicant(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    assert dossier.state == DossierState.EXAMINING
    office.return_result(dossier, moment("2026-03-13 10:00"))
    assert dossier.state == DossierState.RETURNED
    assert dossier.processing_ended_at == dossier.returned_at == dossier.closed_at
    assert dossier.result_number == "12/GXN-SNV"
    assert open_tasks(office.session, dossier.id) == []
    office.session.flush()
    assert office.session.get(WorkflowState, dossier.id) is None


def test_both_ways_between_counter_and_agency_have_their_row_on_the_control_slip(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.return_result(dossier, moment("2026-03-13 10:00"))
    rows = hand_overs_of(office.session, dossier.id)
    ways = [(row.from_unit_id == dossier.counter_id, row.taken_at is not None) for row in rows]
    assert ways == [(True, True), (False, True)]


def test_the_agency_sends_a_dossier_with_missing_papers_back_to_the_counter(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    office.do(dossier, "give", "bd.lan", now, {"packets": 1})
    office.do(dossier, "take", "nv.mai", now, {"accepted": False, "reason": "Thiếu bản sao kết quả kiểm định"})
    assert [task.element_id for task in open_tasks(office.session, dossier.id)] == ["give"]
    row = office.session.scalars(select(HandOver).where(HandOver.dossier_id == dossier.id)).one()
    assert (row.accepted, row.note) == (False, "Thiếu bản sao kết quả kiểm định")


def test_the_assigned_officer_holds_the_task_and_a_colleague_may_not_complete_it(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    assert task.claimed_by.username == "nv.hoa"
    with pytest.raises(TaskClaimed) as refused:
        complete_task(office.session, office.actor("nv.dung", now), now, task.id, {"decision": "approve"})
    assert "Triệu Thị Hòa" in refused.value.message("vi")


def test_a_wrong_answer_names_its_field_and_changes_nothing(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.session.flush()
    before = office.session.scalar(select(func.count(Event.id)))
    task = office.task(dossier, "examine")
    with pytest.raises(FormRefused) as refused:
        complete_task(office.session, office.actor("nv.hoa", now), now, task.id, {"decision": "maybe"})
    assert "decision" in refused.value.fields
    assert office.task(dossier, "examine").state == TaskState.OPEN
    assert office.session.scalar(select(func.count(Event.id))) == before


def test_the_key_typename_is_refused_in_any_answer(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    with pytest.raises(FormRefused):
        complete_task(
            office.session,
            office.actor("nv.hoa", now),
            now,
            task.id,
            {"decision": "approve", "reason": {"typename": "UUID"}},
        )


def test_a_task_already_done_says_who_did_it_even_after_the_dossier_has_ended(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    office.return_result(dossier, moment("2026-03-13 10:00"))
    with pytest.raises(TaskAlreadyDone) as refused:
        complete_task(office.session, office.actor("nv.hoa", now), now, task.id, {"decision": "approve"})
    assert refused.value.parameters["by"] == "Triệu Thị Hòa"
    assert refused.value.parameters["at"] == moment("2026-03-13 10:00")


def test_another_agency_does_not_learn_that_the_task_exists(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    for stranger in ("vh.huong", "bq.thuy", "thietke"):
        with pytest.raises(UnknownTask):
            complete_task(office.session, office.actor(stranger, now), now, task.id, {"decision": "approve"})


def test_the_counter_sees_the_dossier_but_may_not_do_the_agencys_work(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    with pytest.raises(NotYourTask):
        complete_task(office.session, office.actor("bd.lan", now), now, task.id, {"decision": "approve"})


def test_receiving_tasks_are_completed_on_the_receiving_page_only(office, moment):
    from dataclasses import replace

    from engine.dossiers.operations import file_dossier

    now = moment(MORNING)
    dossier = file_dossier(office.session, now, replace(office.complete_reception(now), channel="online"))
    task = office.task(dossier, "receive_dossier")
    with pytest.raises(WrongReceptionTask):
        complete_task(office.session, office.actor("bd.lan", now), now, task.id, {"decision": "accept"})


def test_claiming_takes_a_task_out_of_the_queue_and_releasing_puts_it_back(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    office.do(dossier, "give", "bd.lan", now, {"packets": 1})
    task = office.task(dossier, "take")
    claim_task(office.session, office.actor("nv.mai", now), now, task.id)
    claim_task(office.session, office.actor("nv.mai", now), now, task.id)
    assert task.claimed_by.username == "nv.mai"
    release_task(office.session, office.actor("nv.mai", now), now, task.id)
    assert task.claimed_by is None
    office.session.flush()
    kinds = [event.kind for event in events_of(office.session, dossier.id)]
    assert kinds.count(EventKind.TASK_CLAIMED) == kinds.count(EventKind.TASK_RELEASED) == 1


def test_a_division_head_gives_an_officers_task_to_another_officer(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    task = office.task(dossier, "examine")
    other = person_by_username(office.session, "nv.dung")
    stranger = person_by_username(office.session, "vh.huong")
    with pytest.raises(NotReassignable):
        reassign_task(office.session, office.actor("nv.hoa", now), now, task.id, other.id)
    for nobody_here in (stranger.id, 999_999):
        with pytest.raises(CannotHold) as refused:
            reassign_task(office.session, office.actor("nv.son", now), now, task.id, nobody_here)
        assert stranger.full_name not in refused.value.message("vi") + refused.value.message("en")
        assert str(nobody_here) not in refused.value.message("vi")
    colleague = person_by_username(office.session, "nv.mai")
    with pytest.raises(CannotHold, match=colleague.full_name):
        reassign_task(office.session, office.actor("nv.son", now), now, task.id, colleague.id)
    reassign_task(office.session, office.actor("nv.son", now), now, task.id, other.id)
    complete_task(
        office.session,
        office.actor("nv.dung", now),
        now,
        task.id,
        {"decision": "approve", "inspection_valid": True},
    )
    assert task.completed_by.username == "nv.dung"


def test_work_that_comes_back_goes_to_the_officer_it_was_given_to_last(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    other = person_by_username(office.session, "nv.dung")
    reassign_task(office.session, office.actor("nv.son", now), now, office.task(dossier, "examine").id, other.id)
    office.do(dossier, "examine", "nv.dung", now, {"decision": "approve", "inspection_valid": True})
    office.do(dossier, "review", "nv.son", now, {"decision": "send_back", "comment": "Ghi rõ thời hạn kiểm định"})
    assert office.task(dossier, "examine").claimed_by.username == "nv.dung"
    answers = {"decision": "supplement", "reason": "Giấy chứng nhận mờ"}
    office.do(dossier, "examine", "nv.dung", now, answers)
    first = person_by_username(office.session, "nv.hoa")
    draft = office.task(dossier, "draft_supplement")
    assert draft.claimed_by.username == "nv.dung"
    reassign_task(office.session, office.actor("nv.son", now), now, draft.id, first.id)
    papers = [{"component": "inspection_result", "wanted": "Bản chụp rõ", "copies": 1}]
    office.do(dossier, "draft_supplement", "nv.hoa", now, {"papers": papers, "reason": "Bản đã nộp hơi mờ"})
    office.do(dossier, "approve_supplement", "nv.son", now, {"decision": "refuse", "comment": "Vẫn đọc được"})
    assert office.task(dossier, "examine").claimed_by.username == "nv.hoa"


def no_longer_active(session, officer, day):
    officer.active = False


def gone_since(session, officer, day):
    for membership in officer.memberships:
        membership.valid_to = day - timedelta(days=1)


def not_yet_there(session, officer, day):
    for membership in officer.memberships:
        membership.valid_from = day + timedelta(days=1)


def moved_to_another_body(session, officer, day):
    for membership in officer.memberships:
        membership.unit = unit_by_code(session, "VHTTDL")


def of_another_role(session, officer, day):
    for membership in officer.memberships:
        membership.role = Role.RECORDS_CLERK


@pytest.mark.parametrize(
    "change", [no_longer_active, gone_since, not_yet_there, moved_to_another_body, of_another_role]
)
def test_work_for_somebody_who_does_not_hold_the_role_waits_in_the_queue(office, moment, change):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.do(dossier, "examine", "nv.hoa", now, {"decision": "approve", "inspection_valid": True})
    gone = person_by_username(office.session, "nv.hoa")
    change(office.session, gone, now.date())
    office.session.flush()
    office.do(dossier, "review", "nv.son", now, {"decision": "send_back", "comment": "Ghi rõ thời hạn kiểm định"})
    task = office.task(dossier, "examine")
    assert (task.claimed_by, task.claimed_at) == (None, None)
    office.session.flush()
    assert without_owner(office.session, now) == []
    (note,) = [event for event in events_of(office.session, dossier.id) if event.kind == EventKind.HOLDER_GONE]
    assert note.details == {"name": task.name, "person": gone.full_name, "role": "officer", "unit": task.unit.name}
    assert dossier.id in {row.dossier_id for row in work_list(office.session, office.actor("nv.dung", now), now).rows}
    office.do(dossier, "examine", "nv.dung", now, {"decision": "approve", "inspection_valid": True})
    assert task.completed_by.username == "nv.dung"


def test_the_assignment_form_offers_the_units_officers_and_nobody_else(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    office.do(dossier, "give", "bd.lan", now, {"packets": 1})
    office.do(dossier, "take", "nv.mai", now, {"accepted": True})
    task = office.task(dossier, "assign")
    offered = {choice["value"] for choice in form_data(office.session, task)["officers"]}
    assert offered == {"nv.hoa", "nv.dung"}
    with pytest.raises(FormRefused):
        office.do(dossier, "assign", "nv.son", now, {"officer": "vh.huong"})


def test_withdrawal_is_possible_until_the_signature_and_ends_in_a_stop(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    request_withdrawal(office.session, office.actor("bd.lan", now), now, dossier.id, "Nộp nhầm thủ tục")
    assert dossier.state == DossierState.WITHDRAWAL_REQUESTED
    examine = office.session.scalars(
        select(Task).where(Task.dossier_id == dossier.id, Task.element_id == "examine")
    ).one()
    assert examine.state == TaskState.CANCELLED
    office.do(dossier, "confirm_withdrawal", "nv.son", now, {"papers_returned": True})
    assert dossier.state == DossierState.STOPPED
    with pytest.raises(AlreadyClosed):
        request_withdrawal(office.session, office.actor("bd.lan", now), now, dossier.id, "Lần nữa")


def test_a_signed_result_can_no_longer_be_withdrawn(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.do(dossier, "examine", "nv.hoa", now, {"decision": "approve", "inspection_valid": True})
    office.do(dossier, "review", "nv.son", now, {"decision": "approve"})
    office.do(dossier, "sign", "nv.thang", now, {"decision": "sign"})
    with pytest.raises(TooLateToWithdraw):
        request_withdrawal(office.session, office.actor("bd.lan", now), now, dossier.id, "Muộn")


def test_refusal_is_a_result_that_is_signed_and_returned_like_any_other(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    refusal = {"decision": "refuse", "inspection_valid": False, "reason": "Kết quả kiểm định hết hạn"}
    office.do(dossier, "examine", "nv.hoa", now, refusal)
    office.do(dossier, "review", "nv.son", now, {"decision": "approve"})
    office.do(dossier, "sign", "nv.thang", now, {"decision": "sign"})
    assert dossier.result_kind == "refusal"


def test_every_open_dossier_has_somebody_to_move_it_on(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    assert without_owner(office.session, now) == []
    task = office.task(dossier, "examine")
    for username in ("nv.hoa", "nv.dung"):
        person_by_username(office.session, username).active = False
    office.session.flush()
    found = without_owner(office.session, now)
    assert [row.number for row in found] == [dossier.number]
    assert task.state == TaskState.OPEN


def test_the_diagram_shows_what_is_done_and_where_it_stands(office, moment):
    dossier = office.examine(moment(MORNING))
    office.session.flush()
    marks = diagram_marks(office.session, dossier)
    assert "intake_call" in marks.done[""]
    assert marks.open[""] == {"processing"}
    assert marks.open["processing"] == {"examine"}
    assert "take" in marks.done["processing/handover_call"]
