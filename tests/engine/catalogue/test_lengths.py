"""A word that is longer than a dossier's record can keep is refused before publishing, not at the first dossier."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import InstrumentedAttribute

from engine.catalogue.bundles import gather
from engine.catalogue.definitions import BundleRefused, read_bundle
from engine.catalogue.lengths import LONGEST, Place
from engine.dossiers.models import (
    Charge,
    Component,
    Dossier,
    Event,
    Incident,
    Message,
    Opinion,
    OutgoingMessage,
    RequestedPaper,
    Task,
    Wait,
)
from tests.engine.catalogue.small_procedure import write_procedure

FOLDER = "labour/declaration"
DIAGRAM = f"{FOLDER}/procedure.bpmn"
TASK = 'camunda:formRef="examine"'
END = '<bpmn:endEvent id="end"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>'
SENDING = """<bpmn:endEvent id="end"><bpmn:incoming>f3</bpmn:incoming>
      <bpmn:messageEventDefinition id="sent" messageRef="letter"/></bpmn:endEvent>"""
SERVICE = """<bpmn:serviceTask id="served" camunda:type="external" camunda:topic="{}">
      <bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing></bpmn:serviceTask>
    <bpmn:sequenceFlow id="f4" sourceRef="served" targetRef="end"/>
    <bpmn:endEvent id="end"><bpmn:incoming>f4</bpmn:incoming></bpmn:endEvent>"""

COLUMNS: dict[Place, tuple[InstrumentedAttribute, ...]] = {
    Place.ELEMENT: (Task.element_id, Wait.element_id, Wait.attached_to, Event.element_id, Incident.element_id),
    Place.KIND: (Task.kind,),
    Place.FORM: (Task.form,),
    Place.MESSAGE: (Wait.message, Message.name, OutgoingMessage.name),
    Place.COMPONENT: (Component.code, RequestedPaper.code),
    Place.FEE: (Charge.code,),
    Place.AMOUNT: (Dossier.limit_amount,),
    Place.RESULT_NUMBER: (Dossier.result_number,),
    Place.OPINION: (Opinion.verdict,),
}


def change(file: Path, *replacements: tuple[str, str]) -> None:
    written = file.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in written
        written = written.replace(old, new)
    file.write_text(written, encoding="utf-8")


def findings(processes: Path) -> list[tuple[str, str, str | None]]:
    """The rule, the file and the element of everything found in the small procedure."""
    try:
        read_bundle(gather(processes, FOLDER))
    except BundleRefused as refused:
        assert all(
            (each.message_vi, each.message_en, each.remedy_vi, each.remedy_en) and str(each)
            for each in refused.findings
        )
        return [(each.rule, each.file, each.element_id) for each in refused.findings]
    return []


@pytest.mark.parametrize("length", [80, 81])
def test_the_id_of_an_element_is_held_to_its_column(tmp_path, length):
    diagram, name = write_procedure(tmp_path, FOLDER) / "procedure.bpmn", "x" * length
    change(
        diagram,
        ('"examine" name', f'"{name}" name'),
        ('Ref="examine"/', f'Ref="{name}"/'),
        ('sourceRef="examine"', f'sourceRef="{name}"'),
    )
    assert findings(tmp_path) == ([("too-long", DIAGRAM, name)] if length > 80 else [])


@pytest.mark.parametrize("length", [30, 31])
def test_the_kind_of_a_task_is_held_to_its_column(tmp_path, length):
    diagram = write_procedure(tmp_path, FOLDER) / "procedure.bpmn"
    change(diagram, (TASK, TASK + f' camunda:modelerTemplate="{"x" * length}"'))
    assert findings(tmp_path) == ([("too-long", DIAGRAM, "examine")] if length > 30 else [])


def test_the_finding_says_where_it_is_how_long_it_is_and_how_long_it_may_be(tmp_path):
    diagram = write_procedure(tmp_path, FOLDER) / "procedure.bpmn"
    change(diagram, (TASK, TASK + f' camunda:modelerTemplate="{"x" * 31}"'))
    with pytest.raises(BundleRefused) as refused:
        read_bundle(gather(tmp_path, FOLDER))
    [finding] = refused.value.findings
    lines = diagram.read_text(encoding="utf-8").splitlines()
    assert finding.line is not None
    assert "x" * 31 in lines[finding.line - 1]
    assert f"“{'x' * 31}” dài 31 ký tự" in finding.message_vi
    assert f"“{'x' * 31}” has 31 characters" in finding.message_en
    assert finding.remedy_vi == "Rút ngắn còn tối đa 30 ký tự."


@pytest.mark.parametrize("length", [80, 81])
def test_the_name_of_a_form_is_held_to_its_column(tmp_path, length):
    diagram, name = write_procedure(tmp_path, FOLDER) / "procedure.bpmn", "x" * length
    (tmp_path / "shared/examine.form").rename(tmp_path / f"shared/{name}.form")
    change(diagram, (TASK, f'camunda:formRef="{name}"'))
    assert findings(tmp_path) == ([("too-long", DIAGRAM, "examine")] if length > 80 else [])


@pytest.mark.parametrize("length", [80, 81])
def test_the_name_of_a_message_that_is_sent_is_held_to_its_column(tmp_path, length):
    diagram = write_procedure(tmp_path, FOLDER) / "procedure.bpmn"
    message = f'<bpmn:message id="letter" name="{"x" * length}"/><bpmn:process '
    change(diagram, (END, SENDING), ("<bpmn:process ", message))
    assert findings(tmp_path) == ([("too-long", DIAGRAM, "end")] if length > 80 else [])


@pytest.mark.parametrize(
    ("table", "old", "fits", "too_long"),
    [
        ("components", '"form"', f'"{"x" * 60}"', f'"{"x" * 61}"'),
        ("fees", '"page"', f'"{"x" * 60}"', f'"{"x" * 61}"'),
        ("deadline", "<text>5</text>", "<text>5.0123456789</text>", "<text>5.01234567891</text>"),
    ],
)
def test_what_a_table_says_is_held_to_its_column(tmp_path, table, old, fits, too_long):
    for written, found in ((fits, False), (too_long, True)):
        change(write_procedure(tmp_path, FOLDER) / f"{table}.dmn", (old, written))
        assert findings(tmp_path) == ([("too-long", f"{FOLDER}/{table}.dmn", table)] if found else [])


def field_of(key: str, **more: object) -> str:
    field = {"id": f"Field_{key}", "key": key, "label": key, "type": "textfield", **more}
    return json.dumps({"id": "examine", "type": "default", "schemaVersion": 19, "components": [field]}, indent=1)


@pytest.mark.parametrize(
    ("topic", "fits", "too_long"),
    [
        (
            "record_issue",
            field_of("document_number", validate={"maxLength": 80}),
            [field_of("document_number"), field_of("document_number", validate={"maxLength": 81})],
        ),
        (
            "record_opinion",
            field_of("opinion", type="radio", values=[{"label": "Có", "value": "x" * 40}]),
            [field_of("opinion", type="radio", values=[{"label": "Có", "value": "x" * 41}])],
        ),
    ],
)
def test_an_answer_that_a_service_writes_down_is_held_to_its_column(tmp_path, topic, fits, too_long):
    diagram = write_procedure(tmp_path, FOLDER) / "procedure.bpmn"
    change(diagram, ('targetRef="end"', 'targetRef="served"'), (END, SERVICE.format(topic)))
    form, key = tmp_path / "shared/examine.form", json.loads(fits)["components"][0]["key"]
    for written in too_long:
        form.write_text(written, encoding="utf-8")
        with pytest.raises(BundleRefused) as refused:
            read_bundle(gather(tmp_path, FOLDER))
        [finding] = refused.value.findings
        assert (finding.rule, finding.file, finding.element_id) == ("too-long", "shared/examine.form", key)
        assert f'"key": "{key}"' in written.splitlines()[(finding.line or 0) - 1]
        assert "maxLength" in finding.remedy_en
    form.write_text(fits, encoding="utf-8")
    assert findings(tmp_path) == []


def test_without_the_service_an_answer_may_be_longer(tmp_path):
    write_procedure(tmp_path, FOLDER)
    (tmp_path / "shared/examine.form").write_text(field_of("document_number"), encoding="utf-8")
    assert findings(tmp_path) == []


def test_what_was_published_before_is_still_read(tmp_path):
    change(
        write_procedure(tmp_path, FOLDER) / "procedure.bpmn", (TASK, TASK + f' camunda:modelerTemplate="{"x" * 31}"')
    )
    assert read_bundle(gather(tmp_path, FOLDER), functions=None)


def test_the_rule_is_in_the_table_of_rules():
    page = (Path(__file__).parents[3] / "docs" / "bpmn-coverage.md").read_text(encoding="utf-8")
    assert "| `too-long` | house |" in page


@pytest.mark.parametrize("place", Place)
def test_the_lengths_are_those_of_the_columns(place: Place):
    assert {column.type.length for column in COLUMNS[place]} == {LONGEST[place]}
