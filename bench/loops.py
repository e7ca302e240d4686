"""Whether a step costs the same in the two hundredth supplement loop as in the first."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

from bench.figures import p50, show_table
from engine.workflow import Complete, Definition, Surroundings, advance, read_definition, start

LOOPS = (1, 50, 200)
ROUND = 5
"""Neighbouring loops that are measured together around each of `LOOPS`."""

NOON = Surroundings(now=datetime(2026, 11, 24, 5, 0, tzinfo=UTC))

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="bench" id="definitions">
  <bpmn:process id="loops" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="examine" />
    <bpmn:userTask id="examine" camunda:candidateGroups="officer">
      <bpmn:extensionElements>
        <camunda:inputOutput>
          <camunda:outputParameter name="decision">${decision}</camunda:outputParameter>
        </camunda:inputOutput>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="examine" targetRef="complete" />
    <bpmn:exclusiveGateway id="complete" default="to_supplement" />
    <bpmn:sequenceFlow id="to_end" sourceRef="complete" targetRef="done">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${decision == "approve"}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="to_supplement" sourceRef="complete" targetRef="supplement" />
    <bpmn:subProcess id="supplement">
      <bpmn:startEvent id="asked" />
      <bpmn:sequenceFlow id="s1" sourceRef="asked" targetRef="both" />
      <bpmn:parallelGateway id="both" />
      <bpmn:sequenceFlow id="s2" sourceRef="both" targetRef="hand_in" />
      <bpmn:sequenceFlow id="s3" sourceRef="both" targetRef="note" />
      <bpmn:userTask id="hand_in" camunda:candidateGroups="post_clerk" />
      <bpmn:userTask id="note" camunda:candidateGroups="officer" />
      <bpmn:sequenceFlow id="s4" sourceRef="hand_in" targetRef="joined" />
      <bpmn:sequenceFlow id="s5" sourceRef="note" targetRef="joined" />
      <bpmn:parallelGateway id="joined" />
      <bpmn:sequenceFlow id="s6" sourceRef="joined" targetRef="answered" />
      <bpmn:endEvent id="answered" />
    </bpmn:subProcess>
    <bpmn:sequenceFlow id="f3" sourceRef="supplement" targetRef="examine" />
    <bpmn:endEvent id="done" />
  </bpmn:process>
</bpmn:definitions>
"""
"""Examine; unless approved, a supplement with a parallel block in a sub-process, and examine again."""


def measure_loops() -> None:
    """Walk one dossier through the loops and write what a completion costs around the 1st, 50th and 200th."""
    definition = read_definition({"loops.bpmn": DIAGRAM.encode()}, "loops")
    _walk(definition, ROUND)  # Warm.
    times, sizes = _walk(definition, max(LOOPS) + ROUND)
    base = p50(_around(times, LOOPS[0]))
    rows = []
    for loop in LOOPS:
        middle = p50(_around(times, loop))
        rows.append([loop, middle, f"{(middle / base - 1) * 100:+.0f} %", sizes[loop]])
    show_table("Loops of one dossier, workflow alone", ["loop", "p50 ms", "against the first", "state bytes"], rows)


def _around(times: list[list[float]], loop: int) -> list[float]:
    return [time for each in times[loop : loop + ROUND] for time in each]


def _walk(definition: Definition, loops: int) -> tuple[list[list[float]], list[int]]:
    """Milliseconds of the completions of each loop, and the state's size after it."""
    step = start(definition, {}, NOON)
    times, sizes = [], []
    for _ in range(loops):
        own: list[float] = []
        for _ in range(3):
            command = Complete(step.ready[0].id, {"decision": "supplement"})
            begun = perf_counter()
            step = advance(definition, step.state, command, NOON)
            own.append((perf_counter() - begun) * 1000)
        times.append(own)
        sizes.append(len(step.state))
    return times, sizes
