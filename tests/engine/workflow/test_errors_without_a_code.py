"""By the standard, what catches an error or escalation that has no code catches any; its own one goes to it first."""

from __future__ import annotations

import pytest

from engine.workflow import read_definition
from engine.workflow.tracing import trace

DECLARED = {
    "error": "<bpmn:error id='plain' name='Plain'/><bpmn:error id='other' name='Other'/>",
    "escalation": "<bpmn:escalation id='plain' name='Plain'/><bpmn:escalation id='other'/>",
}


def caught_by(draw, kind: str, thrown: str, caught: list[str]) -> list[str]:
    """The tasks behind the boundary events, each called after what it catches, that were done."""
    inside = draw.begin("b") + draw.end("e", draw.event(kind, thrown)) + draw.way("b", "e")
    parts = [draw.begin(), draw.element("subProcess", "x", inside), draw.end(), draw.way("begin", "x", "end")]
    for each in caught:
        parts += [draw.boundary(f"on_{each}", "x", draw.event(kind, each)), draw.element("task", f"after_{each}")]
        parts += [draw.way(f"on_{each}", f"after_{each}", "end")]
    content = draw.file(draw.process(*parts), DECLARED[kind])
    result = trace(read_definition({"p.bpmn": content}, "p", (), plain=True), {})
    done = [each.passage.element_id for each in result.elements]
    return [each.removeprefix("after_") for each in done if each.startswith("after_")]


@pytest.mark.parametrize("kind", ["error", "escalation"])
@pytest.mark.parametrize(
    ("thrown", "caught", "by"),
    [
        ("{kind}_a", ["plain"], "plain"),
        ("other", ["plain"], "plain"),
        ("plain", ["plain"], "plain"),
        ("{kind}_a", ["plain", "{kind}_a"], "{kind}_a"),
        ("other", ["plain", "other"], "other"),
        ("{kind}_a", ["{kind}_b", "plain"], "plain"),
    ],
)
def test_an_error_or_escalation_without_a_code_stands_for_any(draw, kind, thrown, caught, by):
    names = [each.format(kind=kind) for each in caught]
    assert caught_by(draw, kind, thrown.format(kind=kind), names) == [by.format(kind=kind)]
