"""Every diagram under processes/, read once as a drawing: what is said and where it is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

PROCESSES = Path(__file__).parents[2] / "processes"
DIAGRAMS = sorted(PROCESSES.rglob("*.bpmn"))
PROCEDURES = [path for path in DIAGRAMS if path.name == "procedure.bpmn"]
NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
}
NODE_ENDINGS = ("Event", "Task", "Gateway", "subProcess", "callActivity")
CAMUNDA = f"{{{NAMESPACES['camunda']}}}"
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than a border."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )  # fmt: skip

    def contains(self, other: Box) -> bool:
        """Whether the other lies wholly inside."""
        inside_across = self.x <= other.x and other.right <= self.right
        return inside_across and self.y <= other.y and other.bottom <= self.bottom

    def has_on_border(self, point: Point) -> bool:
        """Whether a line may dock at the point."""
        x, y = point
        within = self.x - 1 <= x <= self.right + 1 and self.y - 1 <= y <= self.bottom + 1
        on_side = min(abs(x - self.x), abs(x - self.right), abs(y - self.y), abs(y - self.bottom)) <= 1
        return within and on_side


class Drawing:
    """One BPMN file: its elements by local name, and their shapes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = etree.parse(str(path)).getroot()

    def find(self, expression: str, within: etree._Element | None = None) -> list[Any]:
        """An XPath search in the whole file or within one element."""
        return (self.root if within is None else within).xpath(expression, namespaces=NAMESPACES)

    @cached_property
    def process(self) -> etree._Element:
        (process,) = self.find("bpmn:process")
        return process

    @cached_property
    def nodes(self) -> list[etree._Element]:
        """All flow nodes, those of sub-processes too."""
        return [
            node
            for node in self.find("//bpmn:process//*[@id]")
            if str(node.tag).rpartition("}")[2].endswith(NODE_ENDINGS)
        ]

    @cached_property
    def flows(self) -> list[etree._Element]:
        return self.find("//bpmn:sequenceFlow")

    @cached_property
    def by_id(self) -> dict[str, etree._Element]:
        return {node.get("id"): node for node in self.find("//*[@id]")}

    def properties(self, node: etree._Element) -> dict[str, str]:
        """The camunda:properties of an element."""
        found = self.find("bpmn:extensionElements/camunda:properties/camunda:property", node)
        return {each.get("name"): each.get("value") for each in found}

    def outputs(self, node: etree._Element) -> dict[str, str]:
        """The camunda:outputParameters of an element."""
        found = self.find("bpmn:extensionElements/camunda:inputOutput/camunda:outputParameter", node)
        return {each.get("name"): each.text or "" for each in found}

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """Where each element's shape is drawn."""
        shapes = self.find("//bpmndi:BPMNShape")
        return {shape.get("bpmnElement"): _box(shape.find("dc:Bounds", NAMESPACES)) for shape in shapes}

    @cached_property
    def labels(self) -> dict[str, Box]:
        """Where each label outside of its shape is written."""
        labels = self.find("//bpmndi:BPMNLabel")
        return {label.getparent().get("bpmnElement"): _box(label.find("dc:Bounds", NAMESPACES)) for label in labels}

    @cached_property
    def lines(self) -> dict[str, list[Point]]:
        """The bends of every line, from its source to its target."""
        edges = self.find("//bpmndi:BPMNEdge")
        return {
            edge.get("bpmnElement"): [
                (float(point.get("x")), float(point.get("y"))) for point in edge.findall("di:waypoint", NAMESPACES)
            ]
            for edge in edges
        }

    def segments(self, line: str) -> list[Box]:
        """The straight pieces of a line as boxes without thickness."""
        return [_span(start, end) for start, end in pairwise(self.lines[line])]

    def form_of(self, user_task: etree._Element) -> dict[str, Any]:
        """The form-js form that a user task names: the procedure's own, or the shared one."""
        name = f"{user_task.get(CAMUNDA + 'formRef')}.form"
        candidates = [self.path.parent / name, PROCESSES / "shared" / name]
        return json.loads(next(path for path in candidates if path.is_file()).read_text(encoding="utf-8"))


def _fields_of(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a form by their keys, those in groups too."""
    nested = (_fields_of(each) for each in form.get("components", []) if "components" in each)
    own = {each["key"]: each for each in form.get("components", []) if "key" in each}
    return own | dict(chain.from_iterable(each.items() for each in nested))


def _box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _span(start: Point, end: Point) -> Box:
    left, top = min(start[0], end[0]), min(start[1], end[1])
    return Box(left, top, abs(start[0] - end[0]), abs(start[1] - end[1]))


def _name(path: Path) -> str:
    return "/".join(path.relative_to(PROCESSES).with_suffix("").parts)


@pytest.fixture(scope="module", params=DIAGRAMS, ids=_name)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    """Each diagram in turn."""
    return Drawing(request.param)


@pytest.fixture(scope="module", params=PROCEDURES, ids=_name)
def procedure(request: pytest.FixtureRequest) -> Drawing:
    """Each procedure's diagram in turn."""
    return Drawing(request.param)


@pytest.fixture(scope="session")
def element_templates() -> dict[str, dict[str, Any]]:
    """The element templates that Camunda Modeler offers, by id."""
    files = sorted((PROCESSES / ".camunda" / "element-templates").glob("*.json"))
    templates = chain.from_iterable(json.loads(path.read_text(encoding="utf-8")) for path in files)
    return {template["id"]: template for template in templates}


@pytest.fixture(scope="session")
def fields_of() -> Callable[[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The fields of a form by their keys, those in groups too."""
    return _fields_of


@pytest.fixture(scope="session")
def fields_by_form() -> Callable[[Path], dict[str, dict[str, dict[str, Any]]]]:
    """The fields of all forms that the procedure in a folder may use, by form id; its own before the shared ones."""

    def read(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
        paths = [*(PROCESSES / "shared").glob("*.form"), *folder.glob("*.form")]
        return {path.stem: _fields_of(json.loads(path.read_text(encoding="utf-8"))) for path in paths}

    return read
