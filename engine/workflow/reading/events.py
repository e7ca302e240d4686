"""Read event definitions, and the messages, signals, errors and escalations they refer to."""

from __future__ import annotations

from lxml import etree

from engine.workflow.reading.model import Event, EventKind, Reach, TimerKind
from engine.workflow.reading.xml import DROOLS, bpmn_child, bpmn_children, camunda, local, text_of

_KINDS: dict[str, EventKind] = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "condition",
    "terminateEventDefinition": "terminate",
    "linkEventDefinition": "link",
    "compensateEventDefinition": "compensate",
    "cancelEventDefinition": "cancel",
}
_REFERENCES = {
    "message": ("messageRef", "name"),
    "signal": ("signalRef", "name"),
    "error": ("errorRef", "errorCode"),
    "escalation": ("escalationRef", "escalationCode"),
}
_TIMERS: tuple[TimerKind, ...] = ("timeDate", "timeDuration", "timeCycle")


class Catalogue:
    """What a file declares beside its processes, by kind and id."""

    def __init__(self, root: etree._Element) -> None:
        self._declared: dict[tuple[str, str], str] = {}
        self._without_code: set[tuple[str, str]] = set()
        for kind, (_, attribute) in _REFERENCES.items():
            for node in bpmn_children(root, kind):
                identifier = node.get("id") or ""
                self._declared[kind, identifier] = node.get(attribute) or node.get("name") or identifier
                if attribute != "name" and not node.get(attribute):
                    self._without_code.add((kind, identifier))
        self._definitions = {
            node.get("id"): node
            for node in root.iter()
            if local(node).endswith("EventDefinition") and node.get("id") is not None
        }

    def name_of(self, kind: str, reference: str | None) -> str | None:
        """The name (or code) of what is declared under this id."""
        if reference is None:
            return None
        return self._declared.get((kind, reference.rpartition(":")[2]))

    def is_without_code(self, kind: str, reference: str | None) -> bool:
        """Whether what is declared under this id is an error or escalation that has no code."""
        return (kind, (reference or "").rpartition(":")[2]) in self._without_code

    def definition(self, reference: str) -> etree._Element | None:
        """The event definition under this id, wherever in the file it stands."""
        return self._definitions.get(reference.strip().rpartition(":")[2])


def read_events(node: etree._Element, catalogue: Catalogue) -> list[Event]:
    """The event definitions of a node; a send or receive task has its message's."""
    events = [_event(each, catalogue) for each in node if local(each).endswith("EventDefinition")]
    events += [referred_event(text_of(each), catalogue) for each in bpmn_children(node, "eventDefinitionRef")]
    if local(node) in ("sendTask", "receiveTask"):
        events.append(_referring("message", "messageRef", node, catalogue))
    return events


def referred_event(reference: str, catalogue: Catalogue) -> Event:
    """The event whose definition stands elsewhere in the file."""
    definition = catalogue.definition(reference)
    if definition is None:
        return Event("unsupported", reference, reference=reference)
    return _event(definition, catalogue)


def _event(node: etree._Element, catalogue: Catalogue) -> Event:
    kind = _KINDS.get(local(node), "unsupported")
    if kind in _REFERENCES:
        return _referring(kind, _REFERENCES[kind][0], node, catalogue)
    event = Event(kind, local(node))
    if kind == "timer":
        event.timer = next((each for each in _TIMERS if bpmn_child(node, each) is not None), None)
        event.text = text_of(bpmn_child(node, event.timer)) if event.timer else ""
    elif kind == "condition":
        event.text = text_of(bpmn_child(node, "condition"))
    elif kind == "link":
        event.name = event.reference = node.get("name")
        event.definition = node.get("id")
        event.target = text_of(bpmn_child(node, "target")).rpartition(":")[2] or None
    elif kind == "terminate":
        event.ends = _ended_by(node)
        if camunda(node, "terminateMultiInstance") == "true":
            event.kind, event.element = "unsupported", "terminateMultiInstance"
    elif kind == "compensate":
        event.name = event.reference = (node.get("activityRef") or "").rpartition(":")[2] or None
        event.waits = node.get("waitForCompletion") not in ("false", "0")
    return event


def _ended_by(terminate: etree._Element) -> Reach:
    """By the standard a terminate event ends its own scope; Flowable, Activiti and jBPM have words for more."""
    if camunda(terminate, "terminateAll") == "true":
        return "everything"
    return "process" if terminate.get(f"{{{DROOLS}}}scope") == "process" else "scope"


def _referring(kind: EventKind, attribute: str, node: etree._Element, catalogue: Catalogue) -> Event:
    reference = node.get(attribute)
    name = catalogue.name_of(kind, reference)
    if kind == "message" and reference is None and local(node) != "receiveTask":
        name = camunda(node, "topic")
    is_any = catalogue.is_without_code(kind, reference)
    return Event(kind, local(node), name=name, reference=reference, is_any=is_any)
