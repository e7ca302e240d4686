"""Choreographies: who takes part in each activity, which messages pass, and who may begin the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.model import Element, Model, ancestors, children, kind
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import (
    ACTIVITIES,
    CHOREOGRAPHIES,
    CHOREOGRAPHY_ACTIVITIES,
    EVENTS,
    GATEWAYS,
)

_ACTIVITIES: Final = tuple(sorted(CHOREOGRAPHY_ACTIVITIES))
_PLACES: Final = ("choreography", "subChoreography", "globalChoreographyTask")
_PROCESS_PLACES: Final = ("process", "subProcess", "transaction", "adHocSubProcess")
_ONLY_PROCESS: Final = ACTIVITIES | {"dataObject", "dataObjectReference", "dataStoreReference"}
_EVENTS: Final = {
    "startEvent": frozenset({"timer", "conditional", "signal"}),
    "endEvent": frozenset({"terminate"}),
}

MOST_ORDERED: Final = 500
"""How many activities are looked at for their order, and how far back."""


@rule(
    "choreography-initiator",
    "Bên khởi đầu không nằm trong các bên tham gia.",
    "The initiating participant does not take part.",
    "Chọn một trong các bên tham gia.",
    "Choose one of the participants.",
)
def choreography_initiator(model: Model) -> Iterator[Violation]:
    """The initiating participant is one of the participants."""
    for activity in model.of(*_ACTIVITIES):
        initiator = model.referred(activity, "initiatingParticipantRef")
        if initiator is not None and initiator not in model.all_referred(activity, "participantRef"):
            yield activity
    for task in model.of("globalChoreographyTask"):
        initiator = model.referred(task, "initiatingParticipantRef")
        if initiator is not None and initiator.getparent() is not task:
            yield task


@rule(
    "choreography-task-participants",
    "Công việc phối hợp có đúng hai bên tham gia.",
    "A choreography task has exactly two participants.",
    "Giữ hai bên tham gia.",
    "Keep two participants.",
)
def choreography_task_participants(model: Model) -> Iterator[Violation]:
    """A choreography task is between two."""
    return (task for task in model.of("choreographyTask") if len(children(task, "participantRef")) != 2)


@rule(
    "choreography-participant-scope",
    "Bên tham gia không thuộc bản phối hợp này.",
    "A participant does not belong to this choreography.",
    "Chọn bên tham gia khai báo trong bản phối hợp này.",
    "Choose participants declared in this choreography.",
)
def choreography_participant_scope(model: Model) -> Iterator[Violation]:
    """The participants of an activity are those of its choreography."""
    for activity in model.of(*_ACTIVITIES):
        place = next(ancestors(activity, *sorted(CHOREOGRAPHIES)), None)
        for participant in model.all_referred(activity, "participantRef"):
            if place is not None and kind(participant) == "participant" and participant.getparent() is not place:
                yield activity
                break


@rule(
    "choreography-message-flow",
    "Đường thông điệp của công việc phối hợp không nối hai bên tham gia của nó.",
    "A message flow of the choreography task is not between its two participants.",
    "Chọn đường thông điệp giữa hai bên này.",
    "Choose message flows between these two participants.",
)
def choreography_message_flow(model: Model) -> Iterator[Violation]:
    """The messages of a choreography task pass between its participants."""
    for task in model.of("choreographyTask"):
        participants = model.all_referred(task, "participantRef")
        for flow in model.all_referred(task, "messageFlowRef"):
            ends = model.source(flow), model.target(flow)
            if kind(flow) == "messageFlow" and any(end is not None and end not in participants for end in ends):
                yield task
                break


@rule(
    "choreography-first-message",
    "Thông điệp của bên khởi đầu là bắt buộc; không đường thông điệp nào đi ra từ bên đó.",
    "No message flow of the task comes from its initiating participant.",
    "Thêm đường thông điệp đi ra từ bên khởi đầu.",
    "Add a message flow from the initiating participant.",
)
def choreography_first_message(model: Model) -> Iterator[Violation]:
    """The initiating participant sends a message; of two messages, each goes its own way."""
    for task in model.of("choreographyTask"):
        initiator = model.referred(task, "initiatingParticipantRef")
        sources = [model.source(flow) for flow in model.all_referred(task, "messageFlowRef")]
        if initiator is None or not sources or None in sources:
            continue
        if sources.count(initiator) != 1:
            yield task


@rule(
    "choreography-content",
    "Phần tử này không được nằm trong bản phối hợp.",
    "This element may not stand in a choreography.",
    "Dùng công việc phối hợp, cổng và sự kiện.",
    "Use choreography activities, gateways and events.",
)
def choreography_content(model: Model) -> Iterator[Violation]:
    """Tasks and data stand in processes."""
    return (each for place in model.of(*_PLACES) for each in children(place, *_ONLY_PROCESS))


@rule(
    "choreography-activity-in-process",
    "Hoạt động phối hợp không được nằm trong quy trình.",
    "A choreography activity may not stand in a process.",
    "Chuyển nó vào bản phối hợp.",
    "Move it into a choreography.",
)
def choreography_activity_in_process(model: Model) -> Iterator[Violation]:
    """Choreography activities stand in choreographies."""
    return (each for place in model.of(*_PROCESS_PLACES) for each in children(place, *_ACTIVITIES))


@rule(
    "choreography-event",
    "Loại sự kiện “{detail}” không được dùng trong bản phối hợp.",
    "An event of kind “{detail}” may not be used in a choreography.",
    "Bắt đầu bằng sự kiện thường, hẹn giờ, điều kiện hoặc tín hiệu; kết thúc bằng sự kiện thường hoặc chấm dứt.",
    "Start with a plain, timer, conditional or signal event; end with a plain or terminate event.",
)
def choreography_event(model: Model) -> Iterator[Violation]:
    """Nobody in a choreography receives the first message or sends the last."""
    for place in model.of("choreography", "subChoreography"):
        for event in children(place, *_EVENTS):
            for trigger in model.triggers(event):
                if trigger not in _EVENTS[kind(event)] and trigger != "elsewhere":
                    yield event, trigger


@rule(
    "choreography-order",
    "Bên khởi đầu không tham gia vào hoạt động ngay trước đó.",
    "The initiating participant did not take part in the activity before.",
    "Đổi bên khởi đầu, hoặc thêm một thông điệp báo cho bên đó.",
    "Change the initiator, or add a message that tells it.",
)
def choreography_order(model: Model) -> Iterator[Violation]:
    """Who begins an activity has taken part in the one before, and so knows that it is over."""
    taking_part = {each: set(model.all_referred(each, "participantRef")) for each in model.of(*_ACTIVITIES)}
    for activity in model.of(*_ACTIVITIES)[:MOST_ORDERED]:
        initiator = model.referred(activity, "initiatingParticipantRef")
        before = _preceding(model, activity) if initiator is not None else []
        if any(initiator not in taking_part[each] for each in before):
            yield activity


@rule(
    "choreography-event-gateway",
    "Sau cổng sự kiện, bên gửi hoặc bên nhận phải là một.",
    "Behind an event-based gateway either all senders or all receivers are the same.",
    "Đổi các bên tham gia của những công việc sau cổng.",
    "Change the participants of the tasks behind the gateway.",
)
def choreography_event_gateway(model: Model) -> Iterator[Violation]:
    """Somebody sees all the messages of a deferred choice, and so knows how it was made."""
    for gateway in model.of("eventBasedGateway"):
        senders, receivers = set(), set()
        for target in (model.target(flow) for flow in model.outgoing(gateway)):
            if target is not None and kind(target) in CHOREOGRAPHY_ACTIVITIES:
                initiator = model.referred(target, "initiatingParticipantRef")
                senders.add(initiator)
                receivers.add(frozenset(model.all_referred(target, "participantRef")) - {initiator})
        if len(senders) > 1 and len(receivers) > 1:
            yield gateway


def _preceding(model: Model, activity: Element) -> list[Element]:
    """The choreography activities directly before, seen through gateways and events."""
    found: list[Element] = []
    seen = {activity}
    waiting = [model.source(flow) for flow in model.incoming(activity)]
    while waiting and len(seen) < MOST_ORDERED:
        node = waiting.pop()
        if node is None or (node in seen and node is not activity):
            continue
        seen.add(node)
        if kind(node) in CHOREOGRAPHY_ACTIVITIES:
            found.append(node)
        elif kind(node) in GATEWAYS | EVENTS:
            waiting += [model.source(flow) for flow in model.incoming(node)]
    return found
