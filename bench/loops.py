"""Whether a step costs the same in the two hundredth supplement loop as in the first."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

from bench.figures import p50, show_table
from engine.workflow import Complete, Definition, Step, Surroundings, advance, read_definition, start

LOOPS = (1, 50, 200)
ROUNDS = 100
"""How often each of them is gone through."""

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
    """Walk one dossier through the loops, then measure completions from the states of the 1st, 50th and 200th in turn.

    A step is a function of the saved state, so that the same loop can be gone through again and again, and whatever
    else the machine does disturbs all of them alike.
    """
    definition = read_definition({"loops.bpmn": DIAGRAM.encode()}, "loops")
    states = _states(definition)
    times: dict[int, list[float]] = {loop: [] for loop in LOOPS}
    for _ in range(ROUNDS):
        for loop in LOOPS:
            _go_round(definition, states[loop], times[loop])
    base = p50(times[LOOPS[0]])
    rows = [
        [loop, p50(times[loop]), f"{(p50(times[loop]) / base - 1) * 100:+.0f} %", len(states[loop].state)]
        for loop in LOOPS
    ]
    show_table("Loops of one dossier, workflow alone", ["loop", "p50 ms", "against the first", "state bytes"], rows)


def _states(definition: Definition) -> dict[int, Step]:
    """Where the dossier stands at the beginning of each loop; the first is the first."""
    step, states = start(definition, {}, NOON), {}
    for loop in range(1, max(LOOPS) + 1):
        states[loop] = step
        step = _go_round(definition, step, [])
    return states


def _go_round(definition: Definition, step: Step, times: list[float]) -> Step:
    """Complete the three tasks of one loop and add the milliseconds of each."""
    for _ in range(3):
        command = Complete(step.ready[0].id, {"decision": "supplement"})
        begun = perf_counter()
        step = advance(definition, step.state, command, NOON)
        times.append((perf_counter() - begun) * 1000)
    return step
