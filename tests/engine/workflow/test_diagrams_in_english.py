"""Who reads English sees whole English words where the diagram was drawn for shorter Vietnamese ones."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.settings import PROJECT
from engine.workflow import diagram_in_english

DIAGRAMS = sorted((PROJECT / "processes").rglob("*.bpmn"))
NARROWEST_LETTER = 5
"""Pixels; an average letter of the label font is wider."""


def labels(diagram: bytes) -> dict[str, tuple[str, float, float]]:
    """Name, middle and width of every label that stands beside its element, by the element's id."""
    root = etree.fromstring(diagram)
    names = {element.get("id"): element.get("name") or "" for element in root.iter() if element.get("id")}
    found = {}
    for drawn in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        bounds = drawn.find("{*}BPMNLabel/{*}Bounds")
        if bounds is not None:
            x, width = float(bounds.get("x")), float(bounds.get("width"))
            found[drawn.get("bpmnElement")] = (names[drawn.get("bpmnElement")], x + width / 2, width)
    return found


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.parent.name + "/" + file.stem)
def test_every_english_label_is_as_wide_as_its_longest_word_and_stays_where_it_was(file) -> None:
    drawn, shown = labels(file.read_bytes()), labels(diagram_in_english(file.read_bytes()))
    assert drawn.keys() == shown.keys()
    for element, (name, middle, width) in shown.items():
        assert width >= NARROWEST_LETTER * max(map(len, name.split()), default=0), name
        assert width >= drawn[element][2]
        assert middle == pytest.approx(drawn[element][1])
