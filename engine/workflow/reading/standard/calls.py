"""What calls and what is called: data on both sides, how a called process begins, and what is offered as a service."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.reading.standard.items import item_of, same_items
from engine.workflow.reading.standard.model import Element, Model, child, children, has_foreign, kind, text
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import CALLABLES

_DATA = ("dataInput", "dataOutput")


@rule(
    "call-data",
    "Dữ liệu vào/ra khác với dữ liệu của phần tử được gọi.",
    "The data inputs and outputs are not those of what is called.",
    "Khai báo dữ liệu vào và ra cùng số lượng, cùng kiểu như phần tử được gọi.",
    "Declare as many data inputs and outputs, of the same types, as what is called.",
)
def call_data(model: Model) -> Iterator[Violation]:
    """A call activity fulfils the data requirements of what it calls; an engine's own mapping may do so instead."""
    for call in model.of("callActivity"):
        own, called = child(call, "ioSpecification"), model.referred(call, "calledElement")
        theirs = child(called, "ioSpecification") if called is not None else None
        is_mapped = own is None and (model.is_for_an_engine or has_foreign(call))
        if theirs is not None and not is_mapped and not _fulfils(model, own, theirs):
            yield call


def _fulfils(model: Model, own: Element | None, theirs: Element) -> bool:
    """Whether there is as much data on both sides, and each of one side has its like on the other."""
    for name in _DATA:
        here = children(own, name) if own is not None else []
        there = children(theirs, name)
        if len(here) != len(there) or not all(_has_like(model, data, there) for data in here):
            return False
    return True


def _has_like(model: Model, data: Element, others: list[Element]) -> bool:
    own = item_of(model, data)
    items = [item_of(model, other) for other in others]
    return own is None or any(item is None or same_items(own, item) for item in items)


@rule(
    "call-start-plain",
    "Quy trình được gọi “{detail}” phải có một sự kiện bắt đầu thường.",
    "The called process “{detail}” must have a plain start event.",
    "Thêm một sự kiện bắt đầu không có loại sự kiện vào quy trình được gọi.",
    "Add a start event without event definition to the called process.",
)
def call_start_plain(model: Model) -> Iterator[Violation]:
    """A process that is called begins with a plain start event, if it has start events at all."""
    for call in model.of("callActivity"):
        called = model.referred(call, "calledElement")
        starts = children(called, "startEvent") if called is not None and kind(called) == "process" else []
        if starts and all(model.triggers(start) for start in starts):
            yield call, call.get("calledElement", "")[:80]


@rule(
    "service-binding",
    "Phần tử cung cấp giao diện dịch vụ nhưng không có ioBinding khớp với thao tác.",
    "What is offered as a service has no binding that agrees with an operation.",
    "Thêm ioBinding nối dữ liệu vào/ra với một thao tác cùng kiểu thông điệp.",
    "Add an ioBinding from its data input and output to an operation whose messages are of the same types.",
)
def service_binding(model: Model) -> Iterator[Violation]:
    """A callable element that supports an interface binds its data to operations, of the same types."""
    for element in model.of(*sorted(CALLABLES)):
        if child(element, "supportedInterfaceRef") is None:
            continue
        bindings = children(element, "ioBinding")
        if not bindings or any(not _agrees(model, binding) for binding in bindings):
            yield element


def _agrees(model: Model, binding: Element) -> bool:
    operation = model.referred(binding, "operationRef")
    for attribute, name in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
        data = model.referred(binding, attribute)
        reference = child(operation, name) if operation is not None else None
        message = model.found(reference, text(reference)) if reference is not None else None
        carried = model.referred(message, "itemRef") if message is not None else None
        own = item_of(model, data) if data is not None else None
        if carried is not None and own is not None and not same_items(carried, own):
            return False
    return True
