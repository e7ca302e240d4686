"""The diagram interchange: what is said but not drawn runs all the same, and nobody who opens the diagram sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.model import Element, Model, children, is_true, kind
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import CONTAINERS, FLOW_NODES

_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"


class _Drawing:
    """The elements of one file that have a shape or an edge in any of its diagrams."""

    def __init__(self, root: Element) -> None:
        self.shapes = {_drawn(shape): shape for shape in root.iter(f"{_DI}BPMNShape")}
        self.edges = {_drawn(edge) for edge in root.iter(f"{_DI}BPMNEdge")}

    def has(self, element: Element) -> bool:
        return _id(element) in self.shapes

    def shows(self, container: Element) -> bool:
        """Whether the inside of a process or sub-process is seen; that of a collapsed one need not be drawn."""
        shape = self.shapes.get(_id(container))
        is_open = shape is not None and kind(container) != "process" and is_true(shape, "isExpanded")
        return is_open or any(self.has(node) for node in children(container, *FLOW_NODES))


@rule(
    "shape-missing",
    "Phần tử này chưa có hình trong sơ đồ: khi mở ra không ai thấy nó.",
    "The element has no shape in the diagram: whoever opens it does not see it.",
    "Vẽ lại phần tử bằng công cụ vẽ, hoặc thêm BPMNShape.",
    "Draw the element in a modeler, or add its BPMNShape.",
    "warning",
)
def shape_missing(model: Model) -> Iterator[Violation]:
    """In a process of which anything is drawn, every flow node is; a file without any drawing is left alone."""
    drawing = _Drawing(model.root)
    for container in _shown(model, drawing):
        yield from (node for node in children(container, *FLOW_NODES) if not drawing.has(node))


@rule(
    "edge-missing",
    "Luồng này nối hai phần tử có hình nhưng chưa được vẽ: khi mở ra không ai thấy nó.",
    "The sequence flow connects two shapes, but has no edge: whoever opens the diagram does not see it.",
    "Vẽ lại luồng bằng công cụ vẽ, hoặc thêm BPMNEdge.",
    "Draw the flow in a modeler, or add its BPMNEdge.",
    "warning",
)
def edge_missing(model: Model) -> Iterator[Violation]:
    """Between two flow nodes that are drawn, the flow is drawn too; one whose end is missing is not told of twice."""
    drawing = _Drawing(model.root)
    for flow in model.of("sequenceFlow"):
        source, target = model.source(flow), model.target(flow)
        if source is None or target is None or _id(flow) in drawing.edges:
            continue
        if drawing.has(source) and drawing.has(target):
            yield flow


def _shown(model: Model, drawing: _Drawing) -> Iterator[Element]:
    return (container for container in model.of(*CONTAINERS) if drawing.shows(container))


def _id(element: Element) -> str:
    return element.get("id", "").strip()


def _drawn(shape: Element) -> str:
    """The id of what a shape or edge draws; the attribute is a qualified name."""
    return shape.get("bpmnElement", "").strip().rpartition(":")[2]
