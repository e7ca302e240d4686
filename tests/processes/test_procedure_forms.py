"""Every form that a diagram names exists, can be read, and speaks both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.forms import document_in, read_form
from engine.settings import PROJECT

PROCESSES = PROJECT / "processes"
FORMS = sorted(PROCESSES.glob("*/*.form")) + sorted(PROCESSES.glob("*/*/*.form"))
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DIAGRAMS = sorted(PROCESSES.glob("shared/*.bpmn")) + sorted(PROCESSES.glob("*/*/procedure.bpmn"))


def short(path: Path) -> str:
    """A file's name as the test's id."""
    return str(path.relative_to(PROCESSES))


def forms_named_in(diagram: Path) -> set[str]:
    """Ids of the forms that the diagram's user tasks refer to."""
    return {node.get(f"{CAMUNDA}formRef") for node in etree.parse(diagram).iter() if node.get(f"{CAMUNDA}formRef")}


def components(document: Any) -> list[dict[str, Any]]:
    """All components of a form, nested ones too."""
    inner = [found for component in document.get("components", []) for found in components(component)]
    return [*document.get("components", []), *inner]


@pytest.mark.parametrize("file", FORMS, ids=short)
def test_a_form_is_read_and_named_after_its_file(file: Path) -> None:
    assert read_form(file.read_bytes()).id == file.stem


@pytest.mark.parametrize("file", FORMS, ids=short)
def test_a_form_is_complete_in_both_languages(file: Path) -> None:
    form = read_form(file.read_bytes())
    vietnamese, english = components(document_in(form, "vi")), components(document_in(form, "en"))
    for in_vietnamese, in_english in zip(vietnamese, english, strict=True):
        for attribute in ("label", "text", "description", "dateLabel"):
            if attribute in in_vietnamese:
                assert in_english[attribute] != in_vietnamese[attribute], (file.name, in_vietnamese)
        assert in_english.get("appearance", {}).get("suffixAdorner", "").isascii(), (file.name, in_vietnamese)
        for before, after in zip(in_vietnamese.get("values", []), in_english.get("values", []), strict=True):
            assert before["label"] != after["label"], (file.name, before)


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=short)
def test_every_form_that_a_diagram_names_exists(diagram: Path) -> None:
    known = {file.stem for file in [*diagram.parent.glob("*.form"), *(PROCESSES / "shared").glob("*.form")]}
    assert forms_named_in(diagram) <= known


def test_no_form_is_left_over() -> None:
    named = {name for diagram in DIAGRAMS for name in forms_named_in(diagram)}
    assert {file.stem for file in FORMS} <= named
