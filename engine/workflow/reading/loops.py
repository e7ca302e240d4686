"""Read the markers of activities that are done several times."""

from __future__ import annotations

from typing import cast

from lxml import etree

from engine.workflow.reading.events import Catalogue, read_events, referred_event
from engine.workflow.reading.model import Behavior, ComplexBehavior, Event, Loop, Repeat
from engine.workflow.reading.xml import bpmn_child, bpmn_children, camunda, line_of, text_of


def read_loop(node: etree._Element, catalogue: Catalogue) -> Loop | None:
    """The multi-instance marker of an activity."""
    loop = bpmn_child(node, "multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    behavior = cast(Behavior, loop.get("behavior") or "All")
    return Loop(
        line=line_of(loop),
        is_sequential=loop.get("isSequential") in ("true", "1"),
        collection=camunda(loop, "collection"),
        element_variable=camunda(loop, "elementVariable"),
        cardinality=text_of(bpmn_child(loop, "loopCardinality")) or None,
        completion_condition=text_of(bpmn_child(loop, "completionCondition")) or None,
        behavior=behavior,
        thrown=_thrown(loop, behavior, catalogue),
        complex_behaviors=[_complex(each, catalogue) for each in bpmn_children(loop, "complexBehaviorDefinition")],
    )


def _thrown(loop: etree._Element, behavior: Behavior, catalogue: Catalogue) -> Event | None:
    reference = {"None": loop.get("noneBehaviorEventRef"), "One": loop.get("oneBehaviorEventRef")}.get(behavior)
    return referred_event(reference, catalogue) if reference else None


def _complex(node: etree._Element, catalogue: Catalogue) -> ComplexBehavior:
    event = bpmn_child(node, "event")
    events = read_events(event, catalogue) if event is not None else []
    return ComplexBehavior(text_of(bpmn_child(node, "condition")), events[0] if events else None)


def read_repeat(node: etree._Element) -> Repeat | None:
    """The standard loop marker of an activity."""
    loop = bpmn_child(node, "standardLoopCharacteristics")
    if loop is None:
        return None
    return Repeat(
        line=line_of(loop),
        tests_before=loop.get("testBefore") in ("true", "1"),
        maximum=loop.get("loopMaximum"),
        condition=text_of(bpmn_child(loop, "loopCondition")) or None,
    )
