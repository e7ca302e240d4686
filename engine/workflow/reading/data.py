"""Data objects, properties and associations: which variable each of them is, and what an association carries.

A data object or property is a variable of the process by its name (by its id where the name is no identifier), or of a
sub-process that declares it once more. What an association brings into an activity is local there; what it takes out is
written when the activity is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from engine.workflow.reading.model import SUB_PROCESSES, Association, Mapping, Node, Parameter
from engine.workflow.reading.xml import bpmn_child, bpmn_children, line_of, local, text_of

_NAME = re.compile(r"[^\W\d]\w*")
_HOLDERS = (
    "dataObject",
    "dataObjectReference",
    "property",
    "dataInput",
    "dataOutput",
    "inputDataItem",
    "outputDataItem",
)
_DECLARED = ("dataObject", "dataObjectReference", "property")


class DataNames:
    """The variable behind each item-aware element of a file."""

    def __init__(self, root: etree._Element) -> None:
        self._holders = {node.get("id", ""): node for node in root.iter() if local(node) in _HOLDERS}
        self._references: dict[str, etree._Element] = {}
        self._declared_in: dict[etree._Element, frozenset[str]] = {}
        for node in self._holders.values():
            if local(node) == "dataObjectReference":
                self._references.setdefault(_tail(node.get("dataObjectRef")), node)

    def declared(self) -> Iterator[str]:
        """The variables that the file declares."""
        for identifier, node in self._holders.items():
            if local(node) in _DECLARED:
                yield self.variable(identifier)

    def variable(self, reference: str | None) -> str:
        """The variable under an id; an id that stands for nothing is a name itself."""
        identifier = _tail(reference)
        node = self._holders.get(identifier)
        if node is None:
            return identifier
        if local(node) == "dataObjectReference":
            target = self._holders.get(_tail(node.get("dataObjectRef")))
            return self.variable(target.get("id")) if target is not None else _name_of(node, identifier)
        return _name_of(node, "") or _name_of(self._references.get(identifier), identifier)

    def attach(self, node: Node, element: etree._Element) -> None:
        """Give a node what its associations carry."""
        carried_in = [self._association(each) for each in bpmn_children(element, "dataInputAssociation")]
        carried_out = [self._association(each) for each in bpmn_children(element, "dataOutputAssociation")]
        found_in = [each for each in carried_in if each is not None]
        found_out = [each for each in carried_out if each is not None]
        if node.type == "callActivity":
            node.entries += [_crossing(each) for each in found_in]
            node.exits += [_crossing(each) for each in found_out]
        else:
            node.carried_in, node.carried_out = found_in, found_out
        if node.loop is not None:
            self._attach_loop(node, element)
        if node.type in SUB_PROCESSES:
            node.reads += [Parameter(name, node.line, None) for name in sorted(self._own_again(element))]

    def _own_again(self, sub_process: etree._Element) -> set[str]:
        """Variables that a sub-process declares although one around it does: they are its own, and empty at first."""
        own = self._declared_by(sub_process)
        return {name for name in own if any(name in self._declared_by(each) for each in sub_process.iterancestors())}

    def _declared_by(self, place: etree._Element) -> frozenset[str]:
        if place not in self._declared_in:
            declared = bpmn_children(place, "dataObject", "property")
            self._declared_in[place] = frozenset(self.variable(each.get("id")) for each in declared)
        return self._declared_in[place]

    def _association(self, element: etree._Element) -> Association | None:
        assignment = bpmn_child(element, "assignment")
        transformation = text_of(bpmn_child(element, "transformation"))
        source = self.variable(text_of(bpmn_child(element, "sourceRef")))
        target = self.variable(text_of(bpmn_child(element, "targetRef")))
        expression = transformation or None
        if assignment is not None:
            expression = text_of(bpmn_child(assignment, "from"))
            target = self.variable(text_of(bpmn_child(assignment, "to"))) or target
        if not target or not (source or expression):
            return None
        return Association(line_of(element), source, target, expression)

    def _attach_loop(self, node: Node, element: etree._Element) -> None:
        loop, marker = node.loop, bpmn_child(element, "multiInstanceLoopCharacteristics")
        assert loop is not None
        if marker is None:
            return
        collection = text_of(bpmn_child(marker, "loopDataInputRef"))
        if collection and loop.collection is None and loop.cardinality is None:
            name = self.variable(collection)
            loop.collection = next((each.source for each in node.carried_in if each.target == name), name)
        item = bpmn_child(marker, "inputDataItem")
        if item is not None and loop.element_variable is None:
            loop.element_variable = self.variable(item.get("id")) or item.get("name")
        gathered, result = text_of(bpmn_child(marker, "loopDataOutputRef")), bpmn_child(marker, "outputDataItem")
        if gathered and result is not None:
            name = self.variable(gathered)
            loop.gathered = next((each.target for each in node.carried_out if each.source == name), name)
            loop.result = self.variable(result.get("id"))
            node.carried_out = [each for each in node.carried_out if each.source != name]


def _crossing(association: Association) -> Mapping:
    source = None if association.expression else association.source
    return Mapping(association.line, source, association.expression, association.target, is_everything=False)


def _tail(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]


def _name_of(node: etree._Element | None, otherwise: str) -> str:
    name = ((node.get("name") if node is not None else "") or "").strip()
    return name if _NAME.fullmatch(name) else otherwise
