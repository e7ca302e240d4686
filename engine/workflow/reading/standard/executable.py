"""What becomes mandatory when a process is marked as executable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.activities import lacks_count
from engine.workflow.reading.standard.flows import has_condition
from engine.workflow.reading.standard.model import Element, Model, child, children, has_foreign, kind, text
from engine.workflow.reading.standard.rules import Violation, rule

_DURATION: Final = r"P(?=[0-9T])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=[0-9])(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?"
_DAY: Final = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_CLOCK: Final = r"([01]\d|2[0-4])(:[0-5]\d(:([0-5]\d|60)([.,]\d+)?)?)?"
_MOMENT: Final = rf"{_DAY}(T{_CLOCK}(Z|[+-]\d{{2}}(:?\d{{2}})?)?)?"
_ISO: Final = {
    "timeDate": re.compile(_MOMENT),
    "timeDuration": re.compile(_DURATION),
    "timeCycle": re.compile(rf"R\d*/({_DURATION}|{_MOMENT}/{_DURATION}|{_DURATION}/{_MOMENT}|{_MOMENT}/{_MOMENT})"),
}
_LITERAL: Final = {
    "timeDate": re.compile(r"\d{4}-[0-9T:.,Z+-]*"),
    "timeDuration": re.compile(r"P[0-9A-Z.,-]*"),
    "timeCycle": re.compile(r"R\d*/[0-9A-Z:.,/+-]*"),
}
"""What is surely meant as a literal of ISO 8601 and not as an expression or as an engine's own notation."""


def _definitions(model: Model, name: str) -> Iterator[tuple[Element, Element]]:
    """The definitions of this kind within executable processes, with their events."""
    for definition in model.of(name):
        event = definition.getparent()
        if event is not None and model.is_executable(event) and not has_foreign(definition):
            yield definition, event


@rule(
    "executable-message",
    "Sự kiện thông điệp trong quy trình chạy được phải chọn thông điệp.",
    "A message event of an executable process names its message.",
    "Thêm messageRef.",
    "Add messageRef.",
)
def executable_message(model: Model) -> Iterator[Violation]:
    """An executable message event has a message, unless an engine's extension says what happens."""
    for definition, event in _definitions(model, "messageEventDefinition"):
        if definition.get("messageRef") is None and not has_foreign(event):
            yield event


@rule(
    "executable-operation",
    "Sự kiện thông điệp trong quy trình chạy được phải chọn thao tác nhận hoặc gửi thông điệp.",
    "A message event of an executable process names the operation that takes or gives the message.",
    "Thêm operationRef.",
    "Add operationRef.",
)
def executable_operation(model: Model) -> Iterator[Violation]:
    """An executable message event has an operation; the files of engines find their messages in other ways."""
    for definition, event in _definitions(model, "messageEventDefinition"):
        if child(definition, "operationRef") is None and not has_foreign(event) and not model.is_for_an_engine:
            yield event


@rule(
    "executable-signal",
    "Sự kiện tín hiệu trong quy trình chạy được phải chọn tín hiệu.",
    "A signal event of an executable process names its signal.",
    "Thêm signalRef.",
    "Add signalRef.",
    "warning",
)
def executable_signal(model: Model) -> Iterator[Violation]:
    """An executable signal event has a signal."""
    for definition, event in _definitions(model, "signalEventDefinition"):
        if definition.get("signalRef") is None and not has_foreign(event):
            yield event


@rule(
    "executable-error-code",
    "Sự kiện kết thúc bằng lỗi trong quy trình chạy được phải có mã lỗi.",
    "An error end event of an executable process has an error code.",
    "Thêm errorRef, và errorCode cho lỗi đó.",
    "Add errorRef, and an errorCode to that error.",
)
def executable_error_code(model: Model) -> Iterator[Violation]:
    """What an executable process throws as an error has a code."""
    return _without_code(model, "error")


@rule(
    "executable-escalation-code",
    "Sự kiện báo cấp trên phát đi trong quy trình chạy được phải có mã.",
    "A throwing escalation event of an executable process has an escalation code.",
    "Thêm escalationRef, và escalationCode.",
    "Add escalationRef, and an escalationCode.",
)
def executable_escalation_code(model: Model) -> Iterator[Violation]:
    """What an executable process throws as an escalation has a code."""
    return _without_code(model, "escalation")


def _without_code(model: Model, name: str) -> Iterator[Element]:
    for definition, event in _definitions(model, f"{name}EventDefinition"):
        if kind(event) not in ("endEvent", "intermediateThrowEvent"):
            continue
        reference = definition.get(f"{name}Ref")
        thrown = model.found(definition, reference)
        unknown = reference is not None and thrown is None
        if not unknown and (thrown is None or not thrown.get(f"{name}Code", "").strip()):
            yield event


@rule(
    "executable-timer",
    "Bộ hẹn giờ trong quy trình chạy được phải có thời gian.",
    "A timer of an executable process has a time.",
    "Thêm timeDate, timeDuration hoặc timeCycle.",
    "Add timeDate, timeDuration or timeCycle.",
    "warning",
)
def executable_timer(model: Model) -> Iterator[Violation]:
    """An executable timer says when."""
    for definition, event in _definitions(model, "timerEventDefinition"):
        times = children(definition, "timeDate", "timeDuration", "timeCycle")
        if not any(text(each) or has_foreign(each) for each in times):
            yield event


@rule(
    "timer-format",
    "Thời gian “{detail}” không viết theo ISO 8601.",
    "The time “{detail}” is not written in ISO 8601.",
    "Ví dụ: P30D, PT4H, R3/P1D, 2026-01-05T08:00:00+07:00.",
    "For example P30D, PT4H, R3/P1D, 2026-01-05T08:00:00+07:00.",
)
def timer_format(model: Model) -> Iterator[Violation]:
    """What looks like a literal of ISO 8601 is one."""
    for time in model.of(*_ISO):
        said, name = text(time), kind(time)
        if len(said) < 100 and _LITERAL[name].fullmatch(said) and not _ISO[name].fullmatch(said):
            yield time, said


@rule(
    "executable-condition",
    "Sự kiện điều kiện trong quy trình chạy được phải có điều kiện.",
    "A conditional event of an executable process has a condition.",
    "Viết điều kiện.",
    "Write the condition.",
)
def executable_condition(model: Model) -> Iterator[Violation]:
    """An executable conditional event says what it waits for."""
    for definition, event in _definitions(model, "conditionalEventDefinition"):
        condition = child(definition, "condition")
        if condition is not None and not text(condition) and not has_foreign(condition):
            yield event


@rule(
    "executable-multi-instance",
    "Hoạt động nhiều thực thể trong quy trình chạy được phải nói có bao nhiêu thực thể.",
    "A multi-instance activity of an executable process says how many instances there are.",
    "Thêm loopCardinality hoặc loopDataInputRef.",
    "Add loopCardinality or loopDataInputRef.",
)
def executable_multi_instance(model: Model) -> Iterator[Violation]:
    """The number of instances is known."""
    for loop in model.of("multiInstanceLoopCharacteristics"):
        if model.is_executable(loop) and lacks_count(loop):
            yield loop


@rule(
    "executable-gateway-condition",
    "Đường ra của cổng không có điều kiện và không phải đường mặc định.",
    "A flow that leaves the gateway has no condition and is not the default.",
    "Đặt điều kiện, hoặc chọn nó làm mặc định.",
    "Give it a condition, or make it the default.",
    "warning",
)
def executable_gateway_condition(model: Model) -> Iterator[Violation]:
    """The flows out of an executable exclusive or inclusive gateway say when they are taken."""
    for gateway in model.of("exclusiveGateway", "inclusiveGateway"):
        flows = model.outgoing(gateway)
        if not model.is_executable(gateway) or len(flows) < 2:
            continue
        for flow in flows:
            if not has_condition(flow) and flow is not model.referred(gateway, "default"):
                yield flow
