"""Messages from outside: one waiter each, kept when early, delivered once, refused when nobody ever waits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from engine.catalogue.operations import publish
from engine.dossiers.incidents import incidents, resolve_incident, retry_incident
from engine.dossiers.messages import MOST_KEPT
from engine.dossiers.models import (
    Dossier,
    Event,
    EventKind,
    IncidentState,
    Message,
    MessageState,
    OutgoingMessage,
    OutgoingState,
    WorkflowState,
)
from engine.dossiers.operations import deliver_message, fire_due_timers
from engine.dossiers.queries import open_tasks, waits_of
from engine.dossiers.refusals import (
    AlreadyClosed,
    IncidentSettled,
    MessageKeyReused,
    MessageNeverAwaited,
    NotForIncidents,
    TooManyKeptMessages,
    UnknownAddressee,
)
from engine.dossiers.standing import without_owner
from engine.workflow import MessageNotAwaited, StepFailed
from tests.engine.dossiers.conftest import DECLARATION
from tests.engine.dossiers.trial_procedure import CODE, write_trial


@pytest.fixture
def trial(office, tmp_path, moment):
    """A received dossier of the trial procedure with its first task open, and a verb that sends it messages."""
    return Trial(office, tmp_path, moment("2026-03-10 09:00"))


class Trial:
    def __init__(self, office, folder, now, more: str = "") -> None:
        self.office, self.session, self.now = office, office.session, now
        (report,) = publish(self.session, now, write_trial(folder, more)).procedures
        assert report.outcome == "published", report.findings
        self.dossier = office.receive(now, replace(DECLARATION, procedure_code=CODE))

    def send(self, name: str, payload=None, **options) -> Message:
        return deliver_message(self.session, self.now, self.dossier.id, name, payload or {}, **options)

    def do(self, element_id: str):
        return self.office.do(self.dossier, element_id, "nv.hoa", self.now)

    @property
    def open(self) -> list[str]:
        return [task.element_id for task in open_tasks(self.session, self.dossier.id)]

    @property
    def waiting(self) -> set[str]:
        return {wait.element_id for wait in waits_of(self.session, self.dossier.id) if wait.message}

    def events(self, kind: EventKind) -> int:
        return self.session.scalar(
            select(func.count(Event.id)).where(Event.dossier_id == self.dossier.id, Event.kind == kind)
        )


def test_a_message_goes_to_exactly_one_of_those_that_wait(trial):
    trial.do("work")
    assert trial.waiting == {"fee_paid", "postage_paid"}
    assert trial.send("payment_confirmed").state == MessageState.DELIVERED
    assert len(trial.waiting) == 1
    trial.send("payment_confirmed")
    assert trial.waiting == {"checked"}


def test_a_message_goes_to_the_one_that_it_names(trial):
    trial.do("work")
    trial.send("payment_confirmed", to="postage_paid")
    assert trial.waiting == {"fee_paid"}
    (wait,) = [wait for wait in waits_of(trial.session, trial.dossier.id) if wait.message]
    trial.send("payment_confirmed", to=wait.id)
    assert trial.waiting == {"checked"}


def test_a_message_to_a_wait_that_is_over_is_refused_and_not_kept(trial):
    trial.do("work")
    gone = next(wait.id for wait in waits_of(trial.session, trial.dossier.id) if wait.element_id == "fee_paid")
    trial.send("payment_confirmed", to="fee_paid")
    with pytest.raises(MessageNotAwaited):
        trial.send("payment_confirmed", to=gone)
    assert trial.waiting == {"postage_paid"}


def test_early_messages_are_kept_and_delivered_with_the_step_that_begins_to_wait(trial):
    early = [trial.send("payment_confirmed", key="a"), trial.send("check_result", {"score": 50}, key="b")]
    late = trial.send("payment_confirmed", to="postage_paid", key="c")
    assert {message.state for message in (*early, late)} == {MessageState.KEPT}
    trial.do("work")
    assert {message.state for message in (*early, late)} == {MessageState.DELIVERED}
    assert (trial.open, trial.waiting) == (["finish"], {"withdrawn"})
    assert trial.session.get(WorkflowState, trial.dossier.id).kept_messages == 0
    assert (trial.events(EventKind.MESSAGE_KEPT), trial.events(EventKind.MESSAGE_RECEIVED)) == (3, 3)


def test_a_kept_message_acts_in_nobodys_name_even_if_a_person_took_the_step(trial):
    trial.send("payment_confirmed", to="fee_paid")
    trial.do("work")
    received = trial.session.scalars(select(Event).where(Event.kind == EventKind.MESSAGE_RECEIVED)).one()
    assert (received.actor_id, received.task_id, received.details["kept"]) == (None, None, True)


def test_a_message_repeated_under_its_key_is_delivered_once(trial):
    trial.do("work")
    first = trial.send("payment_confirmed", {"amount": 30000}, key="receipt-7")
    again = trial.send("payment_confirmed", {"amount": 30000}, key="receipt-7")
    assert again is first
    assert len(trial.waiting) == 1
    with pytest.raises(MessageKeyReused):
        trial.send("payment_confirmed", {"amount": 99}, key="receipt-7")
    with pytest.raises(MessageKeyReused):
        trial.send("payment_confirmed", {"amount": 30000}, key="receipt-7", to="fee_paid")


def test_a_message_that_nothing_ever_waits_for_is_refused(trial):
    with pytest.raises(MessageNeverAwaited):
        trial.send("coffee_ready")
    for element in ("nowhere", "finish", "checked"):
        with pytest.raises(UnknownAddressee):
            trial.send("payment_confirmed", to=element)
    assert trial.session.scalar(select(func.count(Message.id))) == 0


LISTENING = """
<bpmn:subProcess id="taking_note" triggeredByEvent="true">
  <bpmn:startEvent id="check_came" isInterrupting="false"><bpmn:messageEventDefinition messageRef="m_check"/></bpmn:startEvent>
  <bpmn:userTask id="read_it" name="Đọc kết quả" camunda:candidateGroups="officer"/>
  <bpmn:boundaryEvent id="stopped" attachedToRef="read_it">
    <bpmn:messageEventDefinition messageRef="m_payment"/>
  </bpmn:boundaryEvent>
  <bpmn:endEvent id="noted"/>
  <bpmn:sequenceFlow id="n1" sourceRef="check_came" targetRef="read_it"/>
  <bpmn:sequenceFlow id="n2" sourceRef="read_it" targetRef="noted"/>
  <bpmn:sequenceFlow id="n3" sourceRef="stopped" targetRef="noted"/>
</bpmn:subProcess>
<bpmn:subProcess id="asking_back" triggeredByEvent="true">
  <bpmn:startEvent id="asked_back"><bpmn:messageEventDefinition messageRef="m_back"/></bpmn:startEvent>
  <bpmn:endEvent id="all_stopped"/>
  <bpmn:sequenceFlow id="b1" sourceRef="asked_back" targetRef="all_stopped"/>
</bpmn:subProcess>
"""  # noqa: E501


def test_what_only_listens_beside_the_flow_neither_declares_a_state_nor_dates_a_dossier(office, tmp_path, moment):
    state = '<camunda:properties><camunda:property name="state" value="withdrawal_requested"/></camunda:properties>'
    listening = LISTENING.replace("m_back", "m_decision").replace(
        '<bpmn:startEvent id="asked_back">',
        f'<bpmn:startEvent id="asked_back"><bpmn:extensionElements>{state}</bpmn:extensionElements>',
    )
    late = """<bpmn:subProcess id="late" triggeredByEvent="true">
      <bpmn:startEvent id="late_begin" isInterrupting="false"><bpmn:timerEventDefinition>
        <bpmn:timeDuration>P90D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>
      <bpmn:endEvent id="late_end"/><bpmn:sequenceFlow id="z1" sourceRef="late_begin" targetRef="late_end"/>
    </bpmn:subProcess>"""
    trial = Trial(office, tmp_path, moment("2026-03-10 09:00"), listening + late)
    assert trial.dossier.state != "withdrawal_requested"
    assert without_owner(trial.session, trial.now) == []
    (work,) = open_tasks(trial.session, trial.dossier.id)
    role, work.role = work.role, "nobody"
    trial.session.flush()
    assert [found.number for found in without_owner(trial.session, trial.now)] == [trial.dossier.number]
    work.role = role
    trial.do("work")
    assert trial.open == []
    assert without_owner(trial.session, trial.now) == []


def test_the_start_of_an_event_sub_process_waits_for_messages_like_any_other(office, tmp_path, moment):
    trial = Trial(office, tmp_path, moment("2026-03-10 09:00"), LISTENING.replace("m_back", "m_decision"))
    assert trial.waiting == {"check_came", "asked_back"}
    for _ in range(2):
        assert trial.send("check_result", to="check_came").state == MessageState.DELIVERED
    assert sorted(trial.open) == ["read_it", "read_it", "work"]
    trial.send("payment_confirmed", to="stopped")
    trial.send("payment_confirmed", to="fee_paid")
    assert sorted(trial.open) == ["read_it", "work"]
    trial.do("work")
    assert trial.waiting == {"check_came", "asked_back", "stopped", "postage_paid"}
    trial.send("decision_made")
    assert trial.session.get(Dossier, trial.dossier.id).closed_at == trial.now
    assert (trial.open, trial.waiting) == ([], set())


def test_a_message_finds_its_waiter_while_the_clock_stands_still(office, trial, moment):
    trial.dossier.facts = {**trial.dossier.facts, "limit_of_quantity": 0}
    assert fire_due_timers(trial.session, moment("2026-03-10 10:00"), trial.dossier.id)
    office.do(trial.dossier, "count", "nv.hoa", moment("2026-03-10 10:30"))
    suspended_at = trial.dossier.suspended_at
    assert suspended_at is not None
    trial.now = moment("2026-03-12 09:00")
    early = trial.send("check_result", {"score": 10})
    trial.do("work")
    trial.send("payment_confirmed", to="fee_paid")
    assert trial.send("payment_confirmed").state == early.state == MessageState.DELIVERED
    assert sorted(trial.open) == ["finish", "papers"]
    assert trial.dossier.suspended_at == suspended_at


ASKED = """
<bpmn:subProcess id="asking" triggeredByEvent="true">
  <bpmn:startEvent id="ask" isInterrupting="false"><bpmn:messageEventDefinition messageRef="m_decision"/></bpmn:startEvent>
  <bpmn:subProcess id="one_agency">
    <bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>
    <bpmn:startEvent id="one_begin"/>
    <bpmn:receiveTask id="answer" name="Chờ trả lời" messageRef="m_check"><bpmn:extensionElements><camunda:inputOutput>
      <camunda:outputParameter name="answers">${append(default(answers, []), opinion)}</camunda:outputParameter>
    </camunda:inputOutput></bpmn:extensionElements></bpmn:receiveTask>
    <bpmn:endEvent id="one_end"/>
    <bpmn:sequenceFlow id="o1" sourceRef="one_begin" targetRef="answer"/>
    <bpmn:sequenceFlow id="o2" sourceRef="answer" targetRef="one_end"/>
  </bpmn:subProcess>
  <bpmn:userTask id="sum_up" name="Tổng hợp" camunda:candidateGroups="officer"/>
  <bpmn:endEvent id="asked"/>
  <bpmn:sequenceFlow id="q1" sourceRef="ask" targetRef="one_agency"/>
  <bpmn:sequenceFlow id="q2" sourceRef="one_agency" targetRef="sum_up"/>
  <bpmn:sequenceFlow id="q3" sourceRef="sum_up" targetRef="asked"/>
</bpmn:subProcess>
"""  # noqa: E501


def test_each_of_several_instances_gets_a_message_of_its_own_and_what_fails_at_one_leaves_the_others(
    office, tmp_path, moment
):
    trial = Trial(office, tmp_path, moment("2026-03-10 09:00"), ASKED)
    kept = [trial.send("check_result", {"opinion": number}, key=str(number), to="answer") for number in range(2)]
    failing = trial.send("check_result", {"typo": 1}, to="answer")
    trial.send("decision_made")
    assert [message.state for message in (*kept, failing)] == [MessageState.DELIVERED] * 2 + [MessageState.FAILED]
    (wait,) = [wait for wait in waits_of(trial.session, trial.dossier.id) if wait.element_id == "answer"]
    with pytest.raises(StepFailed), trial.session.begin_nested():
        trial.send("check_result", {}, to=wait.id)
    assert trial.waiting == {"ask", "answer"}
    trial.send("check_result", {"opinion": 2}, to=wait.id)
    assert trial.waiting == {"ask"}
    assert sorted(trial.open) == ["sum_up", "work"]
    assert trial.events(EventKind.MESSAGE_RECEIVED) == 4


def test_a_withdrawal_is_never_kept(trial):
    with pytest.raises(MessageNotAwaited):
        trial.send("withdrawal_requested")
    assert trial.session.scalar(select(func.count(Message.id))) == 0


def test_an_ended_dossier_refuses_what_comes_and_what_it_kept_but_still_answers_a_repeated_key(trial):
    trial.do("work")
    first = trial.send("payment_confirmed", key="first")
    trial.send("payment_confirmed")
    kept = trial.send("payment_confirmed", key="never delivered")
    trial.send("check_result", {"score": 95})
    assert trial.session.get(Dossier, trial.dossier.id).closed_at == trial.now
    assert (kept.state, kept.reason_en) == (MessageState.REFUSED, "The dossier has ended.")
    assert trial.send("payment_confirmed", key="first") is first
    with pytest.raises(AlreadyClosed):
        trial.send("payment_confirmed", key="second")


def test_a_sender_gone_wild_is_stopped(trial):
    for _ in range(MOST_KEPT):
        trial.send("check_result", {"score": 1})
    with pytest.raises(TooManyKeptMessages):
        trial.send("check_result", {"score": 1})


def test_whoever_sends_a_message_that_fails_is_told_and_nothing_has_happened(trial):
    trial.do("work")
    trial.send("payment_confirmed")
    trial.send("payment_confirmed")
    with pytest.raises(StepFailed):
        trial.send("check_result", {"score": "high"})
    trial.session.rollback()


def test_a_kept_message_that_fails_leaves_the_completed_task_alone_and_becomes_an_incident(trial):
    bad = trial.send("check_result", {"score": "high"})
    for _ in range(2):
        trial.send("payment_confirmed")
    trial.do("work")
    assert trial.waiting == {"checked"}
    assert bad.state == MessageState.FAILED
    manager = trial.office.actor("quantri", trial.now)
    (incident,) = incidents(trial.session, manager)
    assert (incident.cause, incident.message_id, incident.attempts) == ("message", bad.id, 1)
    assert "good" in incident.reason_en
    assert incident.reason_vi != incident.reason_en
    with pytest.raises(NotForIncidents):
        retry_incident(trial.session, trial.office.actor("nv.hoa", trial.now), trial.now, incident.id)
    still = retry_incident(trial.session, manager, trial.now, incident.id)
    assert (still.state, still.attempts, bad.state) == (IncidentState.OPEN, 2, MessageState.FAILED)
    resolve_incident(trial.session, manager, trial.now, incident.id, "Bên gửi sẽ gửi lại kết quả")
    assert (bad.state, bad.reason_vi) == (MessageState.REFUSED, "Bên gửi sẽ gửi lại kết quả")
    with pytest.raises(IncidentSettled):
        retry_incident(trial.session, manager, trial.now, incident.id)
    trial.send("check_result", {"score": 10})
    assert trial.open == ["finish"]


def test_an_outgoing_message_and_its_job_leave_with_the_step(trial):
    trial.do("work")
    trial.send("payment_confirmed")
    trial.send("payment_confirmed")
    savepoint = trial.session.begin_nested()
    trial.send("check_result", {"score": 10})
    (message,) = trial.session.scalars(select(OutgoingMessage))
    assert (message.name, message.payload, message.state) == ("decision_made", {"score": 10}, OutgoingState.WAITING)
    job = trial.session.execute(text("SELECT task_name, args FROM procrastinate_jobs")).one()
    assert (job.task_name, job.args) == ("send_message", {"message_id": str(message.id)})
    savepoint.rollback()
    assert trial.session.scalar(select(func.count(OutgoingMessage.id))) == 0
    assert trial.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
