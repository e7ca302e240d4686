"""A small procedure written into a folder: one user task, a called process, three tables, three forms."""

from __future__ import annotations

import json
from pathlib import Path

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.test/"'
)
PROPERTIES = {
    "code": "2.000134",
    "name_en": "Declaration of machinery",
    "field": "An toàn lao động",
    "deciding_unit": "LDTBXH",
    "legal_basis": "Luật 84/2015/QH13",
    "effective_from": "2020-10-01",
    "result": "Giấy xác nhận",
}


def write_procedure(
    processes: Path, folder: str = "labour/declaration", name: str = "Khai báo máy móc", **changes: str | None
) -> Path:
    """Write the procedure (and the shared files) below `processes`; `changes` replace properties, None drops one."""
    own, shared = processes / folder, processes / "shared"
    for each in (own, shared):
        each.mkdir(parents=True, exist_ok=True)
    properties = {key: value for key, value in {**PROPERTIES, **changes}.items() if value is not None}
    (own / "procedure.bpmn").write_text(diagram(own.name, name, properties), encoding="utf-8")
    (own / "deadline.dmn").write_text(table("deadline", "FIRST", DEADLINE), encoding="utf-8")
    (own / "components.dmn").write_text(table("components", "COLLECT", COMPONENTS), encoding="utf-8")
    (own / "fees.dmn").write_text(table("fees", "COLLECT", FEES), encoding="utf-8")
    (own / "intake.form").write_text(form("intake", "case", "pages"), encoding="utf-8")
    (shared / "examine.form").write_text(form("examine", "decision"), encoding="utf-8")
    (shared / "intake.bpmn").write_text(INTAKE, encoding="utf-8")
    return own


def diagram(process_id: str, name: str, properties: dict[str, str]) -> str:
    """The procedure's own diagram: it calls intake and has one user task."""
    listed = "\n".join(f'        <camunda:property name="{key}" value="{value}"/>' for key, value in properties.items())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions {NAMESPACES} id="definitions">
  <bpmn:process id="{process_id}" name="{name}" isExecutable="true">
    <bpmn:extensionElements>
      <camunda:properties>
{listed}
      </camunda:properties>
    </bpmn:extensionElements>
    <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:callActivity id="intake_call" name="Tiếp nhận" calledElement="intake">
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:callActivity>
    <bpmn:userTask id="examine" name="Thụ lý" camunda:formRef="examine" camunda:candidateGroups="officer">
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="intake_call"/>
    <bpmn:sequenceFlow id="f2" sourceRef="intake_call" targetRef="examine"/>
    <bpmn:sequenceFlow id="f3" sourceRef="examine" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>
"""


INTAKE = f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions {NAMESPACES} id="intake_definitions">
  <bpmn:process id="intake" name="Tiếp nhận" isExecutable="true">
    <bpmn:startEvent id="intake_start"><bpmn:outgoing>i1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="receive" name="Tiếp nhận hồ sơ" camunda:formRef="intake" camunda:candidateGroups="post_clerk">
      <bpmn:incoming>i1</bpmn:incoming><bpmn:outgoing>i2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="intake_end"><bpmn:incoming>i2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="i1" sourceRef="intake_start" targetRef="receive"/>
    <bpmn:sequenceFlow id="i2" sourceRef="receive" targetRef="intake_end"/>
  </bpmn:process>
</bpmn:definitions>
"""

Table = tuple[list[str], list[str], list[list[str]]]
"""Inputs, outputs and rows; a row has a cell for each input and each output."""

DEADLINE: Table = (
    ["case"],
    ["amount", "unit", "legal_amount", "legal_basis"],
    [
        ['"new"', "5", '"working_days"', "7", '"Điều 16"'],
        ['"reissue"', "", '"same_day"', "", '"Điều 17"'],
    ],
)
COMPONENTS: Table = (
    ["case"],
    ["code", "name", "originals", "copies", "required", "note", "template"],
    [
        ["", '"form"', '"Phiếu khai báo"', "1", "0", "true", '""', '"Mẫu 01"'],
        ['"reissue"', '"old"', '"Giấy cũ"', "1", "0", "false", '"nếu còn"', '""'],
    ],
)
FEES: Table = (
    ["case", "received_on"],
    ["code", "kind", "name", "unit_amount", "quantity", "legal_basis"],
    [
        ['"new"', "", '"page"', '"phi"', '"Theo trang"', "15000", "pages", '"TT 214"'],
        ['"new"', '&gt;= date("2022-01-01")', '"card"', '"le_phi"', '"Lệ phí"', "100000", "", '"TT 1"'],
    ],
)


def table(decision: str, policy: str, content: Table) -> str:
    """A DMN file with one decision table; an empty input cell matches all."""
    inputs, outputs, rows = content
    columns = "".join(
        f'<input id="{decision}_i{i}"><inputExpression id="{decision}_e{i}"><text>{name}</text></inputExpression>'
        "</input>"
        for i, name in enumerate(inputs)
    ) + "".join(f'<output id="{decision}_o{i}" name="{name}"/>' for i, name in enumerate(outputs))
    rules = ""
    for number, row in enumerate(rows):
        cells = "".join(
            f'<{"input" if i < len(inputs) else "output"}Entry id="{decision}_{number}_{i}"><text>{cell}</text>'
            f"</{'input' if i < len(inputs) else 'output'}Entry>"
            for i, cell in enumerate(row)
        )
        rules += f'<rule id="{decision}_r{number}">{cells}</rule>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="{decision}" name="{decision}"><decisionTable id="{decision}_t" hitPolicy="{policy}">'
        f"{columns}{rules}</decisionTable></decision></definitions>"
    )


def form(form_id: str, *keys: str) -> str:
    """A form-js file; `pages` is a number, everything else a line of text."""
    components = [
        {"id": key, "key": key, "label": key, "type": "number" if key == "pages" else "textfield"} for key in keys
    ]
    return json.dumps({"id": form_id, "type": "default", "schemaVersion": 19, "components": components}, indent=1)
