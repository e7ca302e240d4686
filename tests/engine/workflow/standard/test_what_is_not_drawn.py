"""What is said but not drawn is told as a warning; a file without any drawing is left alone."""

from __future__ import annotations

import re

import pytest

from engine.workflow import check_diagram

STEPS = (
    "<process id='p'><startEvent id='a'/><subProcess id='b'><startEvent id='ba'/><task id='bb'/><endEvent id='bc'/>"
    "[ba > bb > bc]</subProcess><endEvent id='c'/>[a > b > c]</process>"
)
OUTSIDE = ("a", "b", "c", "a_b", "b_c")
INSIDE = ("ba", "bb", "bc", "ba_bb", "bb_bc")
BOUNDS = "<dc:Bounds xmlns:dc='http://www.omg.org/spec/DD/20100524/DC' x='0' y='0' width='9' height='9'/>"
WAYPOINTS = "<di:waypoint xmlns:di='http://www.omg.org/spec/DD/20100524/DI' x='0' y='0'/>" * 2


def drawn(*ids: str, plane: str = "p", expanded: bool = False) -> str:
    """A diagram with shapes and edges for these ids; `b` is expanded or collapsed."""
    parts = ""
    for each in ids:
        if "_" in each:
            parts += f"<bpmndi:BPMNEdge bpmnElement='{each}'>{WAYPOINTS}</bpmndi:BPMNEdge>"
        else:
            mark = f" isExpanded='{str(expanded).lower()}'" if each == "b" else ""
            parts += f"<bpmndi:BPMNShape bpmnElement='{each}'{mark}>{BOUNDS}</bpmndi:BPMNShape>"
    return (
        f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement='{plane}'>{parts}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )


@pytest.fixture
def told(draw_model):
    def told(drawing: str, prefix: str = "") -> list[tuple[str, str | None]]:
        content = draw_model(STEPS + re.sub("bpmnElement='", f"bpmnElement='{prefix}", drawing))
        found = check_diagram("p.bpmn", content)
        assert {finding.severity for finding in found} <= {"warning", "note"}
        return [(each.rule, each.element_id) for each in found if each.rule.endswith("-missing")]

    return told


@pytest.mark.parametrize(
    "drawing",
    [
        "",
        drawn(),
        drawn(*OUTSIDE),
        drawn(*OUTSIDE) + drawn(*INSIDE, plane="b"),
        drawn(*OUTSIDE, *INSIDE, expanded=True),
    ],
    ids=["no drawing", "empty drawing", "collapsed", "inside on a plane of its own", "expanded"],
)
def test_a_complete_drawing_or_none_is_left_alone(told, drawing):
    assert told(drawing) == []
    assert told(drawing, prefix="t:") == []


def test_a_step_without_a_shape_is_told_once_and_its_flows_are_not(told):
    assert told(drawn("a", "c")) == [("shape-missing", "b")]
    unseen = [("shape-missing", each) for each in ("a", "ba", "bb", "bc", "c")]
    assert sorted(told(drawn("b", expanded=True))) == unseen
    assert told(drawn(*OUTSIDE, "ba", "bc", "ba_bb", "bb_bc")) == [("shape-missing", "bb")]


def test_a_flow_without_an_edge_between_two_shapes_is_told(told):
    assert told(drawn(*OUTSIDE[:-1])) == [("edge-missing", "b_c")]
    assert told(drawn(*OUTSIDE, *INSIDE[:-1], expanded=True)) == [("edge-missing", "bb_bc")]
