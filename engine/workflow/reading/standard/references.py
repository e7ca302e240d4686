"""Everything that an element refers to exists, and is what the standard asks for in that place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.model import Element, Elsewhere, Model, kind, text
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import (
    ACTIVITIES,
    CALLABLES,
    CHOREOGRAPHIES,
    CHOREOGRAPHY_ACTIVITIES,
    COLLABORATIONS,
    CONVERSATION_NODES,
    EVENT_DEFINITIONS,
    FLOW_NODES,
    INTERACTION_NODES,
    ITEM_AWARE,
)

Kinds = frozenset[str]
ANYTHING: Final[Kinds] = frozenset()


def _one(*names: str) -> Kinds:
    return frozenset(names)


ATTRIBUTES: Final[dict[str, Kinds]] = {
    "activityRef": ACTIVITIES,
    "attachedToRef": ACTIVITIES,
    "calledChoreographyRef": CHOREOGRAPHIES,
    "calledCollaborationRef": COLLABORATIONS,
    "calledElement": CALLABLES,
    "categoryValueRef": _one("categoryValue"),
    "correlationKeyRef": _one("correlationKey"),
    "correlationPropertyRef": _one("correlationProperty"),
    "dataObjectRef": _one("dataObject"),
    "dataStoreRef": _one("dataStore"),
    "default": _one("sequenceFlow"),
    "definitionalCollaborationRef": COLLABORATIONS,
    "errorRef": _one("error"),
    "escalationRef": _one("escalation"),
    "initiatingParticipantRef": _one("participant"),
    "innerConversationNodeRef": CONVERSATION_NODES,
    "innerMessageFlowRef": _one("messageFlow"),
    "inputDataRef": _one("dataInput", "inputSet"),
    "itemRef": _one("itemDefinition"),
    "itemSubjectRef": _one("itemDefinition"),
    "messageRef": _one("message"),
    "noneBehaviorEventRef": EVENT_DEFINITIONS,
    "oneBehaviorEventRef": EVENT_DEFINITIONS,
    "operationRef": _one("operation"),
    "outerConversationNodeRef": CONVERSATION_NODES,
    "outerMessageFlowRef": _one("messageFlow"),
    "outputDataRef": _one("dataOutput", "outputSet"),
    "parameterRef": _one("resourceParameter"),
    "partitionElementRef": ANYTHING,
    "processRef": _one("process"),
    "signalRef": _one("signal"),
}
"""What each attribute refers to, whatever element it stands on."""

ENDS: Final[dict[str, Kinds]] = {
    "association": ANYTHING,
    "conversationLink": INTERACTION_NODES,
    "messageFlow": INTERACTION_NODES | CHOREOGRAPHY_ACTIVITIES,
    "sequenceFlow": FLOW_NODES,
}
"""What `sourceRef` and `targetRef` of each connection refer to."""

CHILDREN: Final[dict[str, Kinds]] = {
    "categoryValueRef": _one("categoryValue"),
    "choreographyRef": CHOREOGRAPHIES,
    "correlationPropertyRef": _one("correlationProperty"),
    "dataInputRefs": _one("dataInput", "inputDataItem"),
    "dataOutputRefs": _one("dataOutput", "outputDataItem"),
    "endPointRef": _one("endPoint"),
    "errorRef": _one("error"),
    "eventDefinitionRef": EVENT_DEFINITIONS,
    "flowNodeRef": FLOW_NODES,
    "inMessageRef": _one("message"),
    "incoming": _one("sequenceFlow"),
    "innerParticipantRef": _one("participant"),
    "inputSetRefs": _one("inputSet"),
    "interfaceRef": _one("interface"),
    "loopDataInputRef": ITEM_AWARE,
    "loopDataOutputRef": ITEM_AWARE,
    "messageFlowRef": _one("messageFlow"),
    "operationRef": _one("operation"),
    "optionalInputRefs": _one("dataInput", "inputDataItem"),
    "optionalOutputRefs": _one("dataOutput", "outputDataItem"),
    "outMessageRef": _one("message"),
    "outerParticipantRef": _one("participant"),
    "outgoing": _one("sequenceFlow"),
    "outputSetRefs": _one("outputSet"),
    "participantRef": _one("participant"),
    "resourceRef": _one("resource"),
    "sourceRef": ITEM_AWARE,
    "supportedInterfaceRef": _one("interface"),
    "supports": _one("process"),
    "targetRef": ITEM_AWARE,
    "whileExecutingInputRefs": _one("dataInput", "inputDataItem"),
    "whileExecutingOutputRefs": _one("dataOutput", "outputDataItem"),
}
"""What the text of each child element refers to."""

_STRUCTURED: Final = ("signal", "error", "escalation")
_LINKS: Final = ("source", "target")
_OF_ENGINES: Final = ("calledElement", "loopDataInputRef", "loopDataOutputRef")
_EXPRESSION: Final = ("${", "#{", "=")


def references(model: Model) -> Iterator[tuple[Element, str, str, Kinds]]:
    """Every reference of a model: the element to report, where it stands, the text, and what is allowed there."""
    for element in model.elements:
        name = kind(element)
        for attribute, value in element.attrib.items():
            allowed = _allowed(name, str(attribute))
            if allowed is not None:
                yield element, str(attribute), str(value), allowed
        allowed = CHILDREN.get(name)
        parent = element.getparent()
        if name in _LINKS and kind(parent) == "linkEventDefinition":
            allowed = _one("linkEventDefinition")
        if allowed is not None and parent is not None:
            yield parent, name, text(element), allowed


def _allowed(element: str, attribute: str) -> Kinds | None:
    if attribute in ("sourceRef", "targetRef"):
        return ENDS.get(element)
    if attribute == "structureRef":
        return _one("itemDefinition") if element in _STRUCTURED else None
    return ATTRIBUTES.get(attribute)


def _is_left_open(model: Model, element: Element, place: str, value: str) -> bool:
    """Whether a name may stand for something that only the engine of this file knows."""
    if place == "structureRef" and element.nsmap.get(value.rpartition(":")[0] or None) != model.target_namespace:
        return True
    return place in _OF_ENGINES and (model.is_for_an_engine or value.startswith(_EXPRESSION))


@rule(
    "reference-unresolved",
    "{detail} trỏ tới một phần tử không tồn tại.",
    "{detail} refers to nothing in this file or in the files that it imports.",
    "Chọn lại phần tử được trỏ tới, hoặc xóa tham chiếu.",
    "Choose an element that exists, or delete the reference.",
)
def reference_unresolved(model: Model) -> Iterator[Violation]:
    """Every reference finds an element."""
    for element, place, value, _ in references(model):
        is_lost = not value.strip() or model.resolve(element, value) is None
        if is_lost and not _is_left_open(model, element, place, value.strip()):
            yield element, f"{place} “{value.strip()[:80]}”"


@rule(
    "reference-type",
    "{detail}: loại phần tử này không được phép ở đây.",
    "{detail}: an element of that kind may not be referred to here.",
    "Chọn một phần tử đúng loại.",
    "Choose an element of the right kind.",
)
def reference_type(model: Model) -> Iterator[Violation]:
    """Every reference finds an element of the right kind."""
    for element, place, value, allowed in references(model):
        found = model.resolve(element, value)
        if found is None or isinstance(found, Elsewhere) or not allowed:
            continue
        if kind(found) not in allowed:
            yield element, f"{place} “{value.strip()[:80]}” ({kind(found)})"


@rule(
    "id-unique",
    "Mã “{detail}” đã dùng cho một phần tử khác.",
    "The id “{detail}” is already used by another element.",
    "Đặt mã khác cho một trong hai phần tử.",
    "Give one of the two elements another id.",
)
def id_unique(model: Model) -> Iterator[Violation]:
    """No two elements have the same id; not even in imported files of the same namespace."""
    counted = Counter(element.get("id", "").strip() for element in model.elements if element.get("id") is not None)
    others = {identifier for other in _of_one_namespace(model, model.target_namespace) for identifier in other.by_id}
    for element in model.elements:
        identifier = element.get("id", "").strip()
        twice = counted[identifier] > 1 and model.by_id.get(identifier) is not element
        if identifier and (twice or identifier in others):
            yield element, identifier[:80]
    for namespace in sorted({each for each, _ in model.imported}):
        counted = Counter(name for other in _of_one_namespace(model, namespace) for name in other.by_id)
        for identifier in sorted(name for name, number in counted.items() if number > 1):
            yield model.root, identifier[:80]


def _of_one_namespace(model: Model, namespace: str) -> list[Model]:
    """The models of the imported files whose elements are of a namespace."""
    return [other for _, other in model.imported if other is not None and other.target_namespace == namespace]


@rule(
    "data-reference-scope",
    "{detail} trỏ tới phần tử của một đặc tả dữ liệu khác.",
    "{detail} refers to an element of another input/output specification.",
    "Chọn phần tử trong cùng đặc tả vào/ra.",
    "Choose an element of the same input/output specification.",
)
def data_reference_scope(model: Model) -> Iterator[Violation]:
    """The sets of an input/output specification name its own inputs, outputs and sets."""
    names = ("dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs", "outputSetRefs", "dataOutputRefs",
             "optionalOutputRefs", "whileExecutingOutputRefs", "inputSetRefs")  # fmt: skip
    for reference in model.of(*names):
        owner = reference.getparent()
        found = model.local(text(reference))
        if owner is not None and found is not None and found.getparent() is not owner.getparent():
            yield owner, f"{kind(reference)} “{text(reference)[:80]}”"
