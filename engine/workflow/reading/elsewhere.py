"""What a diagram tells other engines to do and this one does not: listeners, and scripts before and after a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree

from engine.workflow.reading.model import ScriptBeside
from engine.workflow.reading.scripts import JAVA
from engine.workflow.reading.xml import (
    CAMUNDA_FAMILY,
    DROOLS,
    bpmn_children,
    camunda,
    line_of,
    local,
    namespace,
    text_of,
)
from engine.workflow.reading.zeebe import ZEEBE

_LISTENERS = frozenset(
    {"executionListener", "taskListener", "connector", "errorEventDefinition", "variableAggregation"}
)
_CHANGING = {
    **dict.fromkeys(CAMUNDA_FAMILY, _LISTENERS),
    ZEEBE: frozenset({"adHoc"}),
    "http://spiffworkflow.org/bpmn/schema/1.0/core": frozenset({"preScript", "postScript", "calledDecisionId"}),
    DROOLS: frozenset({"onEntry-script", "onExit-script"}),
}
"""By namespace: extensions that may change variables, or say themselves which way a token takes."""
_BESIDE: dict[str, Literal["before", "after"]] = {
    "preScript": "before",
    "onEntry-script": "before",
    "postScript": "after",
    "onExit-script": "after",
}
"""Scripts that run just before or just after an activity, by the names that SpiffWorkflow and jBPM give them."""
_REPEATS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
_SENDING = ("sendTask", "messageEventDefinition")
_IN_JAVA = ("class", "delegateExpression", "expression")
_FORMS = frozenset({"formData"})
"""Extensions that only ask people for something else."""


def ignored_extensions(node: etree._Element) -> list[str]:
    """Names of extensions of an element that would do something elsewhere and do nothing here."""
    return [local(each) for each in _extensions(node) if _changes(each) or local(each) in _FORMS]


def changes_elsewhere(node: etree._Element) -> list[str]:
    """Names of what would change variables elsewhere and is not done here, by an element or a flow that leads on."""
    changing = [each for each in _extensions(node) if _changes(each)]
    names = [local(each) for each in changing if not (local(each) in _BESIDE and _runs_scripts_beside(node))]
    conditions = bpmn_children(node, "conditionExpression")
    names += ["resource" for each in conditions if camunda(each, "resource") is not None]
    return names + [name for name in _IN_JAVA if local(node) in _SENDING and camunda(node, name) is not None]


def scripts_beside(node: etree._Element) -> list[ScriptBeside]:
    """The scripts just before and just after an activity. How often they run where it is repeated differs."""
    found = [each for each in _extensions(node) if local(each) in _BESIDE and _changes(each)]
    return [_beside(each) for each in found] if _runs_scripts_beside(node) else []


def _beside(extension: etree._Element) -> ScriptBeside:
    language = extension.get("scriptFormat", JAVA[0]) if namespace(extension) == DROOLS else ""
    return ScriptBeside(line_of(extension), _BESIDE[local(extension)], text_of(extension), language)


def _runs_scripts_beside(node: etree._Element) -> bool:
    is_activity = local(node).lower().endswith(("task", "process", "callactivity", "transaction"))
    return is_activity and not any(True for _ in bpmn_children(node, *_REPEATS))


def _extensions(node: etree._Element) -> Iterator[etree._Element]:
    for container in bpmn_children(node, "extensionElements"):
        yield from container


def _changes(extension: etree._Element) -> bool:
    """Whether an extension may change variables; an empty one is what a tool left behind."""
    says_something = bool(text_of(extension) or len(extension) or extension.attrib)
    return local(extension) in _CHANGING.get(namespace(extension), ()) and says_something
