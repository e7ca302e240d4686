"""Build the outer process that runs several participants together in a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.workflow.reading.build import begin_of, set_waits
from engine.workflow.reading.model import Node, Process
from engine.workflow.reading.partners import Beginning, begin_by_themselves, beginnings
from engine.workflow.runtime.element import Element
from engine.workflow.runtime.instance import ProcessSpec
from engine.workflow.runtime.participants import Participant, ParticipantStart, ParticipantStartPart

TOGETHER = "participants together"
"""The name of the outer process; no id can be like it."""


def build_collaboration(main: Process, partners: Sequence[Process]) -> ProcessSpec:
    """The specification of a process that begins each participant in its way."""
    whole = ProcessSpec(TOGETHER, main.file, None, begin_of)
    at_once = begin_by_themselves(main, partners)
    listening: list[Element] = []
    for process in (main, *partners):
        if process not in at_once:
            listening += [_start(whole, process, each, main) for each in beginnings(process)]
    present = [_participant(whole, process, process.id, main) for process in at_once]
    whole.start.followers = [("", each) for each in (*listening, *present)]
    return whole


def _participant(whole: ProcessSpec, process: Process, name: str, main: Process) -> Participant:
    node = Node(process.id, "participant", process.name, process.file, process.line)
    participant = Participant(whole, node, name)
    participant.is_main = process is main
    return participant


def _start(whole: ProcessSpec, process: Process, beginning: Beginning, main: Process) -> ParticipantStart:
    waits, begins_at = beginning.waits, beginning.begins_at
    node = replace(waits, type="startEvent", is_interrupting=False)
    start = ParticipantStart(whole, node, f"{waits.id} beginning")
    set_waits(whole, start, ParticipantStartPart)
    participant = _participant(whole, process, f"{process.id} begun at {waits.id}", main)
    participant.begins_at = begins_at.id
    participant.receives = waits.id if begins_at.type != "startEvent" else None
    start.followers = [("", participant)]
    return start
