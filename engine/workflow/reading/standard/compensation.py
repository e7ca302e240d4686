"""Compensation: activities outside the normal flow, and the events that call for them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.reading.standard.model import (
    Element,
    Model,
    is_event_sub_process,
    is_true,
    kind,
)
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import ACTIVITIES


def _boundaries(model: Model) -> Iterator[Element]:
    return (event for event in model.of("boundaryEvent") if "compensate" in model.triggers(event))


def _handlers(model: Model, event: Element) -> list[Element]:
    """What associations connect a compensation event with."""
    found = [model.target(each) for each in model.associations(event)]
    return [each for each in found if each is not None and kind(each) != "textAnnotation"]


@rule(
    "compensation-boundary-flow",
    "Sự kiện biên bù trừ không có đường ra, chỉ có liên kết tới hoạt động bù trừ.",
    "No sequence flow leaves a compensation boundary event, only an association.",
    "Thay đường nối bằng association.",
    "Replace the flow by an association.",
)
def compensation_boundary_flow(model: Model) -> Iterator[Violation]:
    """Compensation is no normal flow."""
    return (event for event in _boundaries(model) if model.outgoing(event))


@rule(
    "compensation-boundary-handler",
    "Sự kiện biên bù trừ cần đúng một association tới hoạt động bù trừ.",
    "A compensation boundary event has exactly one association, to a compensation activity.",
    'Nối tới một hoạt động có isForCompensation="true".',
    'Associate it with one activity that has isForCompensation="true".',
)
def compensation_boundary_handler(model: Model) -> Iterator[Violation]:
    """A compensation boundary event leads to one activity that is for compensation."""
    for event in _boundaries(model):
        handlers = _handlers(model, event)
        if len(handlers) != 1 or not is_true(handlers[0], "isForCompensation"):
            yield event


@rule(
    "compensation-handler-scope",
    "Hoạt động bù trừ ở phạm vi khác với sự kiện của nó.",
    "The compensation activity stands in another process or sub-process than its event.",
    "Đặt hai phần tử cạnh nhau.",
    "Put the two beside each other.",
)
def compensation_handler_scope(model: Model) -> Iterator[Violation]:
    """The compensation activity stands beside the event that calls for it."""
    for event in _boundaries(model):
        if any(model.container(each) is not model.container(event) for each in _handlers(model, event)):
            yield event


@rule(
    "compensation-activity-visible",
    "activityRef phải trỏ tới một hoạt động trong cùng phạm vi.",
    "activityRef must refer to an activity of the same process or sub-process.",
    "Chọn hoạt động cùng phạm vi, hoặc bỏ activityRef.",
    "Choose an activity beside it, or remove activityRef.",
)
def compensation_activity_visible(model: Model) -> Iterator[Violation]:
    """What a throwing event compensates stands beside it, or around the event sub-process it stands in."""
    for definition in model.of("compensateEventDefinition"):
        event, activity = definition.getparent(), model.referred(definition, "activityRef")
        if event is None or activity is None or kind(event) == "definitions" or kind(activity) not in ACTIVITIES:
            continue
        places = [model.container(event)]
        if places[0] is not None and is_event_sub_process(places[0]):
            places.append(model.container(places[0]))
        if model.container(activity) not in places:
            yield event
