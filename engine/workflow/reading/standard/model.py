"""The BPMN elements of one file, indexed for the rules: by name, by id, with their flows and what they refer to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from engine.workflow.reading.standard.words import CONTAINERS, EVENT_DEFINITIONS
from engine.workflow.reading.xml import BPMN

Element = etree._Element

_BPMN: Final = f"{{{BPMN}}}"
_TRUE: Final = ("true", "1")
XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
"""The attribute that tells a formal expression from one in natural language."""
ENGINES: Final = ("camunda", "zeebe", "activiti", "flowable", "drools", "bonita", "spiffworkflow")
"""Engines in whose files a name may stand for something deployed elsewhere: parts of namespaces and tools' names."""


class Elsewhere:
    """What a reference means when the file that declares it was not given."""


ELSEWHERE: Final = Elsewhere()


def kind(element: Element | None) -> str:
    """The local name of a BPMN element; empty for anything else."""
    tag = element.tag if element is not None else None
    return tag[len(_BPMN) :] if isinstance(tag, str) and tag.startswith(_BPMN) else ""


def children(element: Element, *names: str) -> list[Element]:
    """The direct BPMN children, of these names if any are given."""
    return [child for child in element if (name := kind(child)) and (not names or name in names)]


def child(element: Element, name: str) -> Element | None:
    """The first direct BPMN child of this name."""
    return element.find(_BPMN + name)


def text(element: Element | None) -> str:
    """The text within an element without surrounding blanks."""
    return "".join(str(piece) for piece in element.itertext()).strip() if element is not None else ""


def is_true(element: Element, attribute: str, default: bool = False) -> bool:
    """A boolean attribute."""
    value = element.get(attribute)
    return default if value is None else value.strip() in _TRUE


class Model:
    """One file's BPMN; `imported` are the models of the files it imports with their namespaces, None if not given."""

    def __init__(self, root: Element, imported: Sequence[tuple[str, Model | None]] = ()) -> None:
        self.root = root
        self.imported = tuple(imported)
        self.target_namespace = root.get("targetNamespace", "")
        self.elements = list(_elements(root))
        self.by_id: dict[str, Element] = {}
        self._referred: dict[tuple[Element, str], Element | None] = {}
        self._by_kind: defaultdict[str, list[Element]] = defaultdict(list)
        for element in self.elements:
            self._by_kind[kind(element)].append(element)
            if element.get("id") is not None:
                self.by_id.setdefault(element.get("id", "").strip(), element)
        self._outgoing: defaultdict[Element, list[Element]] = defaultdict(list)
        self._incoming: defaultdict[Element, list[Element]] = defaultdict(list)
        for flow in self.of("sequenceFlow"):
            self._connect(flow)
        self._associations: defaultdict[Element, list[Element]] = defaultdict(list)
        for association in self.of("association"):
            source = self.source(association)
            if source is not None:
                self._associations[source].append(association)
        self._triggers: dict[Element, list[str]] = {}
        self._boundary: defaultdict[str, list[Element]] = defaultdict(list)
        for event in self.of("boundaryEvent"):
            self._boundary[_name_of(event.get("attachedToRef", ""))].append(event)
        self.is_for_an_engine = any(engine in origin for origin in _origins(root) for engine in ENGINES)

    def _connect(self, flow: Element) -> None:
        source, target = self.source(flow), self.target(flow)
        if source is not None:
            self._outgoing[source].append(flow)
        if target is not None:
            self._incoming[target].append(flow)

    def of(self, *names: str) -> list[Element]:
        """All elements of these names; of one name in the document's order."""
        return [element for name in names for element in self._by_kind.get(name, ())]

    # -- references ---------------------------------------------------------------------------------------------------

    def local(self, identifier: str | None) -> Element | None:
        """The element of this file with an id."""
        return self.by_id.get((identifier or "").strip())

    def resolve(self, at: Element, reference: str) -> Element | Elsewhere | None:
        """What a qualified name at an element refers to; None if nothing does."""
        prefix, colon, name = reference.strip().rpartition(":")
        namespace = at.nsmap.get(prefix) if colon else None
        if namespace is None or namespace == self.target_namespace:
            found = self.by_id.get(reference.strip())
            found = self.by_id.get(name) if found is None else found
            others = [model for each, model in self.imported if model is not None or each == self.target_namespace]
            return found if found is not None else self._imported(name, others)
        others = [model for each, model in self.imported if each == namespace]
        return self._imported(name, others) if others else self.by_id.get(name)

    @staticmethod
    def _imported(name: str, models: list[Model | None]) -> Element | Elsewhere | None:
        given = [model.by_id[name] for model in models if model is not None and name in model.by_id]
        return given[0] if given else ELSEWHERE if None in models else None

    def found(self, at: Element, reference: str | None) -> Element | None:
        """The element that a qualified name refers to, if it was given."""
        resolved = self.resolve(at, reference) if reference and reference.strip() else None
        return None if isinstance(resolved, Elsewhere) else resolved

    def referred(self, element: Element, attribute: str) -> Element | None:
        """The element that an attribute refers to."""
        asked = element, attribute
        if asked not in self._referred:
            self._referred[asked] = self.found(element, element.get(attribute))
        return self._referred[asked]

    def all_referred(self, element: Element, name: str) -> list[Element]:
        """The elements that children of this name refer to."""
        found = [self.found(each, text(each)) for each in children(element, name)]
        return [each for each in found if each is not None]

    # -- flows --------------------------------------------------------------------------------------------------------

    def source(self, flow: Element) -> Element | None:
        """Where a flow or association begins."""
        return self.referred(flow, "sourceRef")

    def target(self, flow: Element) -> Element | None:
        """Where a flow or association ends."""
        return self.referred(flow, "targetRef")

    def outgoing(self, node: Element) -> list[Element]:
        """The sequence flows that leave a node."""
        return self._outgoing.get(node, [])

    def incoming(self, node: Element) -> list[Element]:
        """The sequence flows that lead to a node."""
        return self._incoming.get(node, [])

    def associations(self, element: Element) -> list[Element]:
        """The associations that begin at an element."""
        return self._associations.get(element, [])

    def boundary_events(self, activity: Element) -> list[Element]:
        """The events attached to an activity."""
        return self._boundary.get(activity.get("id", ""), [])

    # -- events -------------------------------------------------------------------------------------------------------

    def definitions(self, event: Element) -> list[Element]:
        """The event definitions of an event, its own and those it refers to."""
        own = [each for each in children(event) if kind(each) in EVENT_DEFINITIONS]
        return own + [each for each in self.all_referred(event, "eventDefinitionRef")]

    def triggers(self, event: Element) -> list[str]:
        """What an event waits for or throws, as `message` of `messageEventDefinition`; `elsewhere` if not known."""
        if event not in self._triggers:
            known = [kind(each).removesuffix("EventDefinition") for each in self.definitions(event)]
            given = len(children(event, "eventDefinitionRef")) + _own(event)
            self._triggers[event] = known + ["elsewhere"] * (given - len(known))
        return self._triggers[event]

    # -- where something stands ---------------------------------------------------------------------------------------

    def container(self, element: Element) -> Element | None:
        """The process, sub-process or choreography in which an element stands."""
        return next(ancestors(element, *CONTAINERS), None)

    def process(self, element: Element) -> Element | None:
        """The process in which an element stands."""
        return next(ancestors(element, "process"), None)

    def is_executable(self, element: Element) -> bool:
        """Whether an element stands in a process that is marked as executable."""
        process = element if kind(element) == "process" else self.process(element)
        return process is not None and is_true(process, "isExecutable")

    def nodes(self, container: Element, *names: str) -> list[Element]:
        """The direct members of a process or sub-process of these names."""
        return children(container, *names)


def ancestors(element: Element, *names: str) -> Iterator[Element]:
    """The enclosing BPMN elements of these names, the nearest first."""
    return (each for each in element.iterancestors() if kind(each) in names)


def has_foreign(element: Element) -> bool:
    """Whether another namespace says something about an element."""
    foreign = any(str(name).startswith("{") and str(name) != XSI_TYPE for name in element.attrib)
    return foreign or child(element, "extensionElements") is not None


def is_event_sub_process(element: Element) -> bool:
    """Whether an element is a sub-process that an event starts."""
    return kind(element) in ("subProcess", "transaction", "adHocSubProcess") and is_true(element, "triggeredByEvent")


def _own(event: Element) -> int:
    return sum(1 for each in children(event) if kind(each) in EVENT_DEFINITIONS)


def _name_of(reference: str) -> str:
    return reference.strip().rpartition(":")[2]


def _origins(root: Element) -> list[str]:
    """What tells where a file comes from: its namespaces and the tool that wrote it."""
    said = [*root.nsmap.values(), root.get("targetNamespace", ""), root.get("exporter", "")]
    return [str(each).lower() for each in said]


def _elements(root: Element) -> Iterator[Element]:
    """All BPMN elements in the document's order, without what stands in extensions."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        name = kind(element)
        if name and name != "extensionElements":
            yield element
            waiting.extend(reversed(element))
