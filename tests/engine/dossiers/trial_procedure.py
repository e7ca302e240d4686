"""A procedure made for hazards: messages that come early or fail, a reminder that fails, a clock that stops."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.settings import PROJECT

CODE = "2.999134"

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.test/" id="definitions">
  <bpmn:message id="m_payment" name="payment_confirmed"/>
  <bpmn:message id="m_check" name="check_result"/>
  <bpmn:message id="m_decision" name="decision_made"/>
  <bpmn:message id="m_withdrawal" name="withdrawal_requested"/>
  <bpmn:process id="trial" name="Thủ tục thử" isExecutable="true">
    <bpmn:extensionElements><camunda:properties>
      <camunda:property name="code" value="2.999134"/>
      <camunda:property name="name_en" value="Trial"/>
      <camunda:property name="field" value="An toàn lao động"/>
      <camunda:property name="deciding_unit" value="NV"/>
      <camunda:property name="legal_basis" value="Luật 84/2015/QH13"/>
      <camunda:property name="effective_from" value="2025-03-01"/>
      <camunda:property name="result" value="Giấy xác nhận"/>
    </camunda:properties></bpmn:extensionElements>
    <bpmn:startEvent id="start"/>
    <bpmn:callActivity id="intake_call" name="Tiếp nhận" calledElement="intake"/>
    <bpmn:userTask id="work" name="Kiểm tra" camunda:candidateGroups="officer"/>
    <bpmn:boundaryEvent id="remind" name="Nhắc việc" attachedToRef="work" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:exclusiveGateway id="many" default="to_few"/>
    <bpmn:endEvent id="few"/>
    <bpmn:userTask id="count" name="Đếm lại" camunda:candidateGroups="officer"/>
    <bpmn:serviceTask id="stop_clock" name="Tạm dừng" camunda:type="external" camunda:topic="open_supplement"/>
    <bpmn:userTask id="papers" name="Nhận giấy tờ" camunda:candidateGroups="officer"/>
    <bpmn:serviceTask id="go_on" name="Tính tiếp" camunda:type="external" camunda:topic="close_supplement"/>
    <bpmn:endEvent id="counted"/>
    <bpmn:boundaryEvent id="overdue" name="Quá hạn trả" attachedToRef="work" cancelActivity="false">
      <bpmn:timerEventDefinition><bpmn:timeDate>${due_at}</bpmn:timeDate></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:userTask id="apologise" name="Xin lỗi" camunda:candidateGroups="officer"/>
    <bpmn:endEvent id="apologised"/>
    <bpmn:parallelGateway id="split"/>
    <bpmn:receiveTask id="fee_paid" name="Chờ nộp phí" messageRef="m_payment"/>
    <bpmn:receiveTask id="postage_paid" name="Chờ nộp cước" messageRef="m_payment"/>
    <bpmn:parallelGateway id="join"/>
    <bpmn:receiveTask id="checked" name="Chờ kết quả xác minh" messageRef="m_check">
      <bpmn:extensionElements><camunda:inputOutput>
        <camunda:outputParameter name="score">${score}</camunda:outputParameter>
      </camunda:inputOutput></bpmn:extensionElements>
    </bpmn:receiveTask>
    <bpmn:exclusiveGateway id="good" default="to_tell"/>
    <bpmn:endEvent id="best"/>
    <bpmn:sendTask id="tell" name="Báo kết quả" messageRef="m_decision">
      <bpmn:extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="score">${score}</camunda:inputParameter>
      </camunda:inputOutput></bpmn:extensionElements>
    </bpmn:sendTask>
    <bpmn:userTask id="finish" name="Kết thúc" camunda:candidateGroups="officer"/>
    <bpmn:boundaryEvent id="withdrawn" name="Rút hồ sơ" attachedToRef="finish">
      <bpmn:messageEventDefinition messageRef="m_withdrawal"/>
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="given_back"/>
    <bpmn:endEvent id="end"/>
    {flows}
  </bpmn:process>
</bpmn:definitions>
"""

CONDITIONS = {"to_count": "${quantity > limit_of_quantity}", "to_best": "${score > 90}"}

FLOWS = (
    ("f1", "start", "intake_call"),
    ("f2", "intake_call", "work"),
    ("f3", "remind", "many"),
    ("to_few", "many", "few"),
    ("to_count", "many", "count"),
    ("f4", "count", "stop_clock"),
    ("f15", "stop_clock", "papers"),
    ("f16", "papers", "go_on"),
    ("f17", "go_on", "counted"),
    ("f18", "overdue", "apologise"),
    ("f19", "apologise", "apologised"),
    ("f5", "work", "split"),
    ("f6", "split", "fee_paid"),
    ("f7", "split", "postage_paid"),
    ("f8", "fee_paid", "join"),
    ("f9", "postage_paid", "join"),
    ("f10", "join", "checked"),
    ("f11", "checked", "good"),
    ("to_best", "good", "best"),
    ("to_tell", "good", "tell"),
    ("f12", "tell", "finish"),
    ("f13", "finish", "end"),
    ("f14", "withdrawn", "given_back"),
)


def write_trial(processes: Path, more: str = "") -> Path:
    """Write the trial procedure below `processes`, with the shared files and the tables of a shipped procedure.

    `more` are further elements of the process.
    """
    shutil.copytree(PROJECT / "processes" / "shared", processes / "shared")
    own = processes / "labour" / "trial"
    shutil.copytree(PROJECT / "processes" / "labour" / "safety_declaration", own)
    (own / "scenarios.yaml").unlink()
    (own / "procedure.bpmn").write_text(
        DIAGRAM.replace("{flows}", "\n".join(map(_flow, FLOWS)) + more), encoding="utf-8"
    )
    return processes


def _flow(flow: tuple[str, str, str]) -> str:
    id, source, target = flow
    condition = CONDITIONS.get(id)
    inside = (
        f"<bpmn:conditionExpression>{condition.replace('>', '&gt;')}</bpmn:conditionExpression>" if condition else ""
    )
    return f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
