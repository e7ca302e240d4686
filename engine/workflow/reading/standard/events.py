"""Events: which definitions each may have where, and how they are connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.flows import is_link
from engine.workflow.reading.standard.items import item_of, same_items
from engine.workflow.reading.standard.model import (
    Element,
    Model,
    ancestors,
    child,
    children,
    is_event_sub_process,
    is_true,
    kind,
    text,
)
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import CATCH_EVENTS, EVENT_DEFINITIONS, THROW_EVENTS

_STARTS: Final = frozenset({"message", "timer", "conditional", "signal"})
_TRIGGERS: Final = {
    "intermediateCatchEvent": frozenset({"message", "timer", "conditional", "link", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "escalation", "compensate", "link", "signal"}),
    "boundaryEvent": frozenset(
        {"message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"}
    ),
    "endEvent": frozenset({"message", "error", "escalation", "cancel", "compensate", "signal", "terminate"}),
}
_EVENT_SUB_PROCESS: Final = _STARTS | {"escalation", "error", "compensate"}


def _starts_event_sub_process(event: Element) -> bool:
    parent = event.getparent()
    return kind(event) == "startEvent" and parent is not None and is_event_sub_process(parent)


@rule(
    "event-definition-allowed",
    "Loại sự kiện “{detail}” không được dùng ở đây.",
    "An event definition of kind “{detail}” is not allowed here.",
    "Chọn loại sự kiện khác.",
    "Choose another kind of event.",
)
def event_definition_allowed(model: Model) -> Iterator[Violation]:
    """Each kind of event has the definitions that the standard's table of events allows."""
    for event in model.of("startEvent", *_TRIGGERS):
        allowed = _TRIGGERS.get(kind(event), _STARTS)
        if _starts_event_sub_process(event):
            allowed = _EVENT_SUB_PROCESS
        for trigger in model.triggers(event):
            if trigger not in allowed and trigger != "elsewhere":
                yield event, trigger


@rule(
    "event-definition-missing",
    "Sự kiện này phải chờ một điều gì đó: thiếu loại sự kiện.",
    "This event must wait for something: it has no event definition.",
    "Chọn loại sự kiện: thông điệp, hẹn giờ, tín hiệu, …",
    "Choose what it waits for: a message, a timer, a signal, …",
)
def event_definition_missing(model: Model) -> Iterator[Violation]:
    """Catching and boundary events, and those that start an event sub-process, wait for something."""
    for event in model.of("intermediateCatchEvent", "boundaryEvent", "startEvent"):
        needs = kind(event) != "startEvent" or _starts_event_sub_process(event)
        if needs and not model.triggers(event):
            yield event


@rule(
    "sub-process-start-plain",
    "Tiểu quy trình phải bắt đầu bằng sự kiện thường.",
    "A sub-process begins with a plain start event.",
    "Bỏ loại sự kiện, hoặc dùng tiểu quy trình sự kiện.",
    "Remove the event definition, or use an event sub-process.",
)
def sub_process_start_plain(model: Model) -> Iterator[Violation]:
    """The start events of an embedded sub-process have no definition."""
    for event in model.of("startEvent"):
        is_inside = kind(event.getparent()) in ("subProcess", "transaction")
        if is_inside and not _starts_event_sub_process(event) and model.triggers(event):
            yield event


@rule(
    "event-sub-process-start",
    "Tiểu quy trình sự kiện cần đúng một sự kiện bắt đầu.",
    "An event sub-process has exactly one start event.",
    "Giữ lại đúng một sự kiện bắt đầu.",
    "Keep exactly one start event.",
)
def event_sub_process_start(model: Model) -> Iterator[Violation]:
    """An event sub-process has one start event."""
    for sub_process in model.of("subProcess"):
        if is_event_sub_process(sub_process) and len(children(sub_process, "startEvent")) != 1:
            yield sub_process


@rule(
    "event-sub-process-interrupting",
    "Sự kiện bắt đầu bằng lỗi hoặc bù trừ luôn ngắt.",
    "A start event for an error or a compensation always interrupts.",
    'Bỏ isInterrupting="false".',
    'Remove isInterrupting="false".',
)
def event_sub_process_interrupting(model: Model) -> Iterator[Violation]:
    """Errors and compensations interrupt."""
    for event in model.of("startEvent"):
        goes_on = _starts_event_sub_process(event) and not is_true(event, "isInterrupting", default=True)
        if goes_on and {"error", "compensate"} & set(model.triggers(event)):
            yield event


@rule(
    "start-event-outgoing",
    "Sự kiện bắt đầu phải có đường ra.",
    "A sequence flow must leave a start event.",
    "Nối nó tới phần tử đầu tiên.",
    "Connect it to the first element.",
)
def start_event_outgoing(model: Model) -> Iterator[Violation]:
    """Something follows a start event."""
    return (event for event in model.of("startEvent") if not model.outgoing(event))


@rule(
    "end-event-incoming",
    "Sự kiện kết thúc phải có đường vào.",
    "A sequence flow must lead to an end event.",
    "Nối phần tử cuối cùng tới nó.",
    "Connect the last element to it.",
)
def end_event_incoming(model: Model) -> Iterator[Violation]:
    """Something precedes an end event."""
    return (event for event in model.of("endEvent") if not model.incoming(event))


@rule(
    "intermediate-event-outgoing",
    "Sự kiện trung gian phải có đường ra.",
    "A sequence flow must leave an intermediate event.",
    "Nối nó tới phần tử tiếp theo.",
    "Connect it to what follows.",
)
def intermediate_event_outgoing(model: Model) -> Iterator[Violation]:
    """Something follows an intermediate event, unless it is a throwing link."""
    for event in _intermediate_events(model):
        if not model.outgoing(event) and not is_link(model, event, "intermediateThrowEvent"):
            yield event


def _intermediate_events(model: Model) -> Iterator[Element]:
    """Those of the normal flow; in an ad-hoc sub-process nothing needs a flow."""
    for event in model.of("intermediateCatchEvent", "intermediateThrowEvent"):
        around = model.container(event)
        if around is None or kind(around) != "adHocSubProcess":
            yield event


@rule(
    "intermediate-event-incoming",
    "Sự kiện trung gian phải có đường vào.",
    "A sequence flow must lead to an intermediate event.",
    "Nối phần tử phía trước tới nó, hoặc dùng sự kiện bắt đầu.",
    "Connect what precedes it, or use a start event.",
)
def intermediate_event_incoming(model: Model) -> Iterator[Violation]:
    """Something precedes an intermediate event, unless it is a catching link."""
    for event in _intermediate_events(model):
        if not model.incoming(event) and not is_link(model, event, "intermediateCatchEvent"):
            yield event


# -- boundary events --------------------------------------------------------------------------------------------------


@rule(
    "boundary-event-scope",
    "Sự kiện biên gắn vào một hoạt động ở phạm vi khác.",
    "The boundary event is attached to an activity of another process or sub-process.",
    "Gắn vào hoạt động cùng phạm vi.",
    "Attach it to an activity beside it.",
)
def boundary_event_scope(model: Model) -> Iterator[Violation]:
    """A boundary event stands beside its activity."""
    for event in model.of("boundaryEvent"):
        host = model.referred(event, "attachedToRef")
        if host is not None and model.container(host) is not model.container(event):
            yield event


@rule(
    "boundary-event-host",
    "Sự kiện biên không được gắn vào tiểu quy trình sự kiện.",
    "A boundary event may not be attached to an event sub-process.",
    "Gắn vào hoạt động khác.",
    "Attach it to another activity.",
)
def boundary_event_host(model: Model) -> Iterator[Violation]:
    """Nothing is attached to an event sub-process."""
    for event in model.of("boundaryEvent"):
        host = model.referred(event, "attachedToRef")
        if host is not None and is_event_sub_process(host):
            yield event


@rule(
    "boundary-event-outgoing",
    "Sự kiện biên phải có đường ra.",
    "A sequence flow must leave a boundary event.",
    "Nối nó tới phần tử tiếp theo.",
    "Connect it to what follows.",
)
def boundary_event_outgoing(model: Model) -> Iterator[Violation]:
    """Something follows a boundary event, unless it is for compensation."""
    for event in model.of("boundaryEvent"):
        if not model.outgoing(event) and not {"compensate", "elsewhere"} & set(model.triggers(event)):
            yield event


@rule(
    "boundary-event-interrupting",
    "Sự kiện biên bắt lỗi, hủy hoặc bù trừ không thể để hoạt động chạy tiếp.",
    "A boundary event for an error, a cancellation or a compensation cannot leave the activity running.",
    'Bỏ cancelActivity="false".',
    'Remove cancelActivity="false".',
)
def boundary_event_interrupting(model: Model) -> Iterator[Violation]:
    """Errors and cancellations interrupt, and what is compensated has ended."""
    for event in model.of("boundaryEvent"):
        goes_on = not is_true(event, "cancelActivity", default=True)
        if goes_on and {"error", "cancel", "compensate"} & set(model.triggers(event)):
            yield event


@rule(
    "cancel-only-in-transaction",
    "Sự kiện hủy chỉ dùng được với giao dịch.",
    "A cancel event belongs to a transaction.",
    "Dùng trong hoặc trên biên của một giao dịch.",
    "Use it inside a transaction, or attached to one.",
)
def cancel_only_in_transaction(model: Model) -> Iterator[Violation]:
    """A cancel boundary event is attached to a transaction, a cancel end event stands in one."""
    for event in model.of("boundaryEvent", "endEvent"):
        if "cancel" not in model.triggers(event):
            continue
        if kind(event) == "boundaryEvent":
            host = model.referred(event, "attachedToRef")
            if host is not None and kind(host) != "transaction":
                yield event
        elif next(ancestors(event, "transaction"), None) is None:
            yield event


# -- definitions ------------------------------------------------------------------------------------------------------


@rule(
    "event-definition-reusable",
    "eventDefinitionRef chỉ được trỏ tới định nghĩa đặt ngay dưới definitions.",
    "eventDefinitionRef refers only to event definitions directly below definitions.",
    "Đưa định nghĩa sự kiện ra ngoài quy trình.",
    "Move the event definition out of the process.",
)
def event_definition_reusable(model: Model) -> Iterator[Violation]:
    """Only event definitions at the top of a file can be used by several events."""
    for event in model.of(*sorted(CATCH_EVENTS | THROW_EVENTS)):
        for found in model.all_referred(event, "eventDefinitionRef"):
            if kind(found) in EVENT_DEFINITIONS and kind(found.getparent()) != "definitions":
                yield event


@rule(
    "timer-single",
    "Bộ hẹn giờ chỉ được có một trong timeDate, timeDuration, timeCycle.",
    "A timer has only one of timeDate, timeDuration and timeCycle.",
    "Giữ lại một.",
    "Keep one of them.",
)
def timer_single(model: Model) -> Iterator[Violation]:
    """The three ways to say a time exclude each other."""
    for timer in model.of("timerEventDefinition"):
        if len(children(timer, "timeDate", "timeDuration", "timeCycle")) > 1:
            yield timer


# -- data of events ---------------------------------------------------------------------------------------------------

_CARRIED: Final = {
    "messageEventDefinition": ("messageRef", "itemRef"),
    "signalEventDefinition": ("signalRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
}


@rule(
    "event-data-type",
    "Kiểu dữ liệu của sự kiện khác với kiểu của điều nó chờ hoặc phát đi.",
    "The data of the event is not of the type that its message, signal, error or escalation carries.",
    "Chọn cùng itemDefinition.",
    "Choose the same item definition.",
)
def event_data_type(model: Model) -> Iterator[Violation]:
    """Each piece of data of an event is of the type that the event definition at its place carries."""
    for event in model.of(*sorted(CATCH_EVENTS | THROW_EVENTS)):
        data, definitions = children(event, "dataInput", "dataOutput"), model.definitions(event)
        if len(data) == len(definitions) == len(model.triggers(event)):
            pairs = zip(data, definitions, strict=True)
            if any(_is_of_another_type(model, each, definition) for each, definition in pairs):
                yield event


def _is_of_another_type(model: Model, data: Element, definition: Element) -> bool:
    reference, item = _CARRIED.get(kind(definition), ("", ""))
    carrier = model.referred(definition, reference) if reference else None
    carried = model.referred(carrier, item) if carrier is not None else None
    own = item_of(model, data)
    return carried is not None and own is not None and not same_items(carried, own)


@rule(
    "event-data-count",
    "Sự kiện có dữ liệu thì mỗi loại sự kiện của nó có đúng một dữ liệu.",
    "An event with data has one piece of data for each of its event definitions.",
    "Khai báo một dữ liệu cho mỗi loại sự kiện, theo cùng thứ tự.",
    "Declare one piece of data for each event definition, in the same order.",
)
def event_data_count(model: Model) -> Iterator[Violation]:
    """The order tells which data belongs to which event definition, so there are as many of both."""
    for event in model.of(*sorted(CATCH_EVENTS | THROW_EVENTS)):
        data, triggers = children(event, "dataInput", "dataOutput"), model.triggers(event)
        if data and triggers and len(data) != len(triggers):
            yield event


@rule(
    "event-data-set",
    "Dữ liệu của sự kiện không nằm trong tập vào/ra của nó.",
    "The data of the event is not part of its input or output set.",
    "Thêm nó vào inputSet hoặc outputSet.",
    "Add it to the input set or output set.",
)
def event_data_set(model: Model) -> Iterator[Violation]:
    """The data of an event that has a set is named in the set."""
    for event in model.of(*sorted(CATCH_EVENTS | THROW_EVENTS)):
        for data, owner, name in (
            ("dataInput", "inputSet", "dataInputRefs"),
            ("dataOutput", "outputSet", "dataOutputRefs"),
        ):
            group = child(event, owner)
            if group is None:
                continue
            named = {text(each) for each in children(group, name)}
            if any(each.get("id", "") not in named for each in children(event, data)):
                yield event
