"""The drawing itself: whoever opens a diagram in bpmn-js or Camunda Modeler can read it at once."""

from __future__ import annotations

import unicodedata
from itertools import combinations, pairwise
from typing import Any

DRAWN = "self::bpmn:participant or self::bpmn:lane or self::bpmn:group or self::bpmn:textAnnotation"
MARGIN = 5
LABEL_WIDTH = 90  # bpmn-js writes a label on one line as far as this, however narrow the box in the file
LABEL_SIZE, LINE_HEIGHT = 11, 13.5
LETTERS = dict.fromkeys("ijl, ", 0.27) | dict.fromkeys("trf", 0.3) | dict.fromkeys("cskvxyz", 0.5) | {"m": 0.83}
CONNECTED = "self::bpmn:sequenceFlow or self::bpmn:messageFlow or self::bpmn:association"


def _leaves(drawing: Any) -> dict[str, Any]:
    """The boxes of everything that must keep its place free: all nodes but sub-processes."""
    return {
        node.get("id"): drawing.boxes[node.get("id")]
        for node in drawing.nodes
        if not node.tag.endswith("subProcess") and not node.tag.endswith("boundaryEvent")
    }


def test_everything_that_is_said_is_drawn_and_nothing_else(drawing):
    shapes = {node.get("id") for node in drawing.nodes} | set(drawing.find(f"//*[{DRAWN}]/@id"))
    assert set(drawing.boxes) == shapes
    assert set(drawing.lines) == set(drawing.find(f"//*[{CONNECTED}]/@id"))


def test_lines_run_straight_across_or_down(drawing):
    for name, points in drawing.lines.items():
        for (x0, y0), (x1, y1) in pairwise(points):
            assert x0 == x1 or y0 == y1, name


def test_lines_dock_where_they_begin_and_end(drawing):
    for flow in drawing.flows:
        points = drawing.lines[flow.get("id")]
        assert drawing.boxes[flow.get("sourceRef")].has_on_border(points[0]), flow.get("id")
        assert drawing.boxes[flow.get("targetRef")].has_on_border(points[-1]), flow.get("id")


def test_no_two_shapes_lie_on_each_other(drawing):
    for (one, box), (other, other_box) in combinations(_leaves(drawing).items(), 2):
        assert not box.overlaps(other_box), (one, other)


def test_what_belongs_to_a_sub_process_is_drawn_inside_it(drawing):
    for node in drawing.find("//bpmn:subProcess/*[@id]"):
        box = drawing.boxes.get(node.get("id"))
        if box is not None:
            parent = drawing.boxes[node.getparent().get("id")]
            assert parent.contains(box) or node.tag.endswith("boundaryEvent"), node.get("id")


def test_a_flow_keeps_clear_of_every_shape_that_it_does_not_touch(drawing):
    leaves = {name: _with_margin(box) for name, box in _leaves(drawing).items()}
    for flow in drawing.flows:
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        for segment in drawing.segments(flow.get("id")):
            hit = [name for name, box in leaves.items() if name not in ends and _touches(segment, box)]
            assert not hit, (flow.get("id"), hit)


def test_sequence_flows_do_not_cross_or_cover_each_other(drawing):
    pieces = [(flow.get("id"), piece) for flow in drawing.flows for piece in drawing.segments(flow.get("id"))]
    for (one, piece), (other, other_piece) in combinations(pieces, 2):
        if one != other:
            assert not _touches(piece, other_piece), (one, other)


def test_labels_lie_on_no_shape_and_on_no_other_label(drawing):
    leaves, labels = _leaves(drawing), drawing.labels
    for name, label in labels.items():
        assert not [other for other, box in leaves.items() if other != name and label.overlaps(box)], name
        assert not [other for other, box in labels.items() if other != name and label.overlaps(box)], name


def test_no_flow_is_drawn_through_a_label(drawing):
    for flow in drawing.flows:
        for segment in drawing.segments(flow.get("id")):
            hit = [name for name, label in drawing.labels.items() if _touches(segment, label)]
            assert not hit, (flow.get("id"), hit)


def test_a_label_has_the_room_that_its_text_takes(drawing):
    for name, label in drawing.labels.items():
        width = _written_width(_text_of(drawing, name))
        lines = 1 if width < LABEL_WIDTH else round(label.height / LINE_HEIGHT)
        assert label.width * lines >= 0.95 * width, (name, round(width))


def test_each_lane_holds_what_is_drawn_in_it_and_lanes_fill_the_pool(drawing):
    held = []
    for lane in drawing.find("//bpmn:lane"):
        for reference in drawing.find("bpmn:flowNodeRef/text()", lane):
            assert drawing.boxes[lane.get("id")].contains(drawing.boxes[reference]), reference
            held.append(reference)
    top_level = [node.get("id") for node in drawing.nodes if node.getparent() is drawing.process]
    assert sorted(held) == sorted(top_level)
    lanes = [drawing.boxes[lane.get("id")] for lane in drawing.find("//bpmn:lane")]
    assert all(upper.bottom == lower.y for upper, lower in pairwise(lanes))


def test_the_post_stands_above_the_agency(drawing):
    lanes = drawing.find("//bpmn:lane/@id")
    if "lane_post" in lanes:
        assert lanes[0] == "lane_post"
        assert drawing.boxes["lane_post"].y == min(drawing.boxes[lane].y for lane in lanes)


def _text_of(drawing: Any, name: str) -> str:
    """What stands in the label of an element; a group bears the name of its category."""
    element = drawing.by_id[name]
    category = drawing.by_id.get(element.get("categoryValueRef", ""))
    return element.get("name") or category.get("value")


def _written_width(text: str) -> float:
    """How wide bpmn-js writes a label, in pixels: in Arial, where marks take no room and most letters 0.56 em."""
    letters = [letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)]
    return LABEL_SIZE * sum(LETTERS.get(letter, 0.72 if letter.isupper() else 0.56) for letter in letters)


def _with_margin(box: Any) -> Any:
    return type(box)(box.x - MARGIN, box.y - MARGIN, box.width + 2 * MARGIN, box.height + 2 * MARGIN)


def _touches(one: Any, other: Any) -> bool:
    """Whether two boxes, of which a line has no thickness, meet inside and not only at a border."""
    across = min(one.right, other.right) - max(one.x, other.x)
    down = min(one.bottom, other.bottom) - max(one.y, other.y)
    return across >= 0 and down >= 0 and (across > 0 or down > 0 or _cross(one, other))


def _cross(one: Any, other: Any) -> bool:
    return one.width * other.height > 0 or one.height * other.width > 0
