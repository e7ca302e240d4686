"""The only room that imports SpiffWorkflow: read a diagram, start, move on, save, resume.

    definition = read_definition({"procedure.bpmn": ..., "intake.bpmn": ..., "fees.dmn": ...}, "safety_declaration")
    step = start(definition, {"channel": "counter"}, surroundings)
    step = advance(definition, step.state, Complete(step.ready[0].id, {"decision": "accept"}), surroundings)

Nothing in here knows what a dossier is, reads a clock, or touches a database.
"""

from engine.workflow.deciding import dates_in_column, decide, evaluate, rules_accepting, written_cells, written_rows
from engine.workflow.definition import Definition, DrawnElement, FunctionCall, UserTask
from engine.workflow.errors import (
    DiagramRefused,
    Finding,
    MessageNotAwaited,
    ServiceMissing,
    StateUnreadable,
    StepFailed,
    TaskNotReady,
)
from engine.workflow.expressions import Signature, taking
from engine.workflow.reading.definitions import read_definition
from engine.workflow.reading.diagrams import check_diagram
from engine.workflow.reading.english import diagram_in_english
from engine.workflow.reading.xml import MAXIMUM_BYTES
from engine.workflow.running import advance, inspect, set_assignee, set_timers, shift_timers, start
from engine.workflow.step import (
    Command,
    Complete,
    Deliver,
    FireDueTimers,
    Passage,
    ReadyTask,
    SentMessage,
    Service,
    ServiceCall,
    Step,
    Surroundings,
    Variables,
    Wait,
)

__all__ = [
    "MAXIMUM_BYTES",
    "Command",
    "Complete",
    "Definition",
    "Deliver",
    "DiagramRefused",
    "Finding",
    "FireDueTimers",
    "DrawnElement",
    "FunctionCall",
    "MessageNotAwaited",
    "Passage",
    "ReadyTask",
    "SentMessage",
    "Service",
    "ServiceCall",
    "ServiceMissing",
    "Signature",
    "StateUnreadable",
    "Step",
    "StepFailed",
    "Surroundings",
    "TaskNotReady",
    "UserTask",
    "Variables",
    "Wait",
    "advance",
    "check_diagram",
    "dates_in_column",
    "decide",
    "diagram_in_english",
    "evaluate",
    "inspect",
    "read_definition",
    "rules_accepting",
    "set_assignee",
    "set_timers",
    "shift_timers",
    "start",
    "taking",
    "written_cells",
    "written_rows",
]
