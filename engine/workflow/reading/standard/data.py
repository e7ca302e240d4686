"""Data: objects and their references, input/output specifications, and the associations that move data."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.reading.standard.items import item_of, same_items
from engine.workflow.reading.standard.model import (
    Element,
    Model,
    ancestors,
    child,
    children,
    is_true,
    kind,
    text,
)
from engine.workflow.reading.standard.rules import Violation, rule
from engine.workflow.reading.standard.words import ACTIVITIES, CATCH_EVENTS, ITEM_AWARE, THROW_EVENTS


@rule(
    "collection-agrees",
    "isCollection khác với isCollection của itemDefinition.",
    "isCollection is not the same as in the item definition.",
    "Sửa một trong hai.",
    "Correct one of the two.",
)
def collection_agrees(model: Model) -> Iterator[Violation]:
    """A data object, input or output is a collection exactly if its item definition is."""
    for data in model.of("dataObject", "dataInput", "dataOutput"):
        item = model.referred(data, "itemSubjectRef")
        if item is None or kind(item) != "itemDefinition":
            continue
        if is_true(data, "isCollection") != is_true(item, "isCollection"):
            yield data


@rule(
    "data-reference-item",
    "Tham chiếu đối tượng dữ liệu không có itemSubjectRef riêng.",
    "A data object reference has no item definition of its own.",
    "Đặt itemSubjectRef ở đối tượng dữ liệu.",
    "Put itemSubjectRef on the data object.",
)
def data_reference_item(model: Model) -> Iterator[Violation]:
    """Item definitions belong to the data object and not to its references."""
    return (each for each in model.of("dataObjectReference") if each.get("itemSubjectRef") is not None)


@rule(
    "data-reference-name",
    "Tham chiếu có trạng thái phải mang tên đối tượng dữ liệu của nó: “{detail}”.",
    "A reference with a state bears the name of its data object: “{detail}”.",
    "Đặt tên theo mẫu: tên đối tượng [trạng thái].",
    "Name it in this form: data object [state].",
)
def data_reference_name(model: Model) -> Iterator[Violation]:
    """Where a data object, its reference and the state all have names, the reference's begins with the object's."""
    for reference in model.of("dataObjectReference"):
        data, state = model.referred(reference, "dataObjectRef"), child(reference, "dataState")
        named, called = reference.get("name", "").strip(), data.get("name", "").strip() if data is not None else ""
        if named and called and state is not None and state.get("name", "").strip() and not named.startswith(called):
            yield reference, called[:80]


@rule(
    "data-object-state",
    "Trạng thái thuộc về tham chiếu, không thuộc về đối tượng dữ liệu.",
    "A state belongs to a data object reference and not to the data object.",
    "Đặt dataState ở dataObjectReference.",
    "Put dataState on the data object reference.",
)
def data_object_state(model: Model) -> Iterator[Violation]:
    """Data objects have no states of their own."""
    return (each for each in model.of("dataObject") if child(each, "dataState") is not None)


@rule(
    "data-object-scope",
    "Đối tượng dữ liệu không thấy được từ đây.",
    "The data object cannot be seen from here.",
    "Tham chiếu đối tượng trong cùng quy trình, cùng hoặc ngoài tiểu quy trình này.",
    "Refer to a data object of this process or sub-process, or of one around it.",
)
def data_object_scope(model: Model) -> Iterator[Violation]:
    """A data object is referred to where it stands, or deeper."""
    for reference in model.of("dataObjectReference"):
        data = model.referred(reference, "dataObjectRef")
        if data is not None and not _sees(model, reference, data):
            yield reference


def _sees(model: Model, at: Element, data: Element) -> bool:
    """Whether an element stands in the container of the data, or within it."""
    place = model.container(data)
    return place is None or place in ancestors(at, kind(place))


# -- input/output specifications --------------------------------------------------------------------------------------


@rule(
    "data-in-a-set",
    "Dữ liệu “{detail}” không nằm trong tập vào/ra nào.",
    "The data “{detail}” is in no input or output set.",
    "Thêm nó vào inputSet hoặc outputSet.",
    "Add it to an input set or output set.",
)
def data_in_a_set(model: Model) -> Iterator[Violation]:
    """Every data input is in an input set, every data output in an output set."""
    for specification in model.of("ioSpecification"):
        for data_kind, set_kind in (("dataInput", "inputSet"), ("dataOutput", "outputSet")):
            named = {
                text(each)
                for group in children(specification, set_kind)
                for each in children(group, f"{data_kind}Refs")
            }
            for data in children(specification, data_kind):
                if data.get("id", "") not in named:
                    yield data, data.get("id", "")[:80]


@rule(
    "optional-data-in-set",
    "Dữ liệu tùy chọn hoặc dùng khi đang chạy phải nằm trong chính tập đó.",
    "Optional data, and data used while executing, must be in the same set.",
    "Thêm nó vào dataInputRefs hoặc dataOutputRefs.",
    "Add it to dataInputRefs or dataOutputRefs.",
)
def optional_data_in_set(model: Model) -> Iterator[Violation]:
    """What a set calls optional or used while executing is part of the set."""
    for group in model.of("inputSet", "outputSet"):
        side = "Input" if kind(group) == "inputSet" else "Output"
        named = {text(each) for each in children(group, f"data{side}Refs")}
        special = children(group, f"optional{side}Refs", f"whileExecuting{side}Refs")
        if any(text(each) not in named for each in special):
            yield group


@rule(
    "set-pairing",
    "inputSet và outputSet không trỏ tới nhau.",
    "An input set and an output set do not refer to each other.",
    "Ghi tham chiếu ở cả hai phía.",
    "Write the reference on both sides.",
)
def set_pairing(model: Model) -> Iterator[Violation]:
    """A pairing of an input set and an output set is said on both sides."""
    said = {
        (reference.getparent(), model.local(text(reference))) for reference in model.of("outputSetRefs", "inputSetRefs")
    }
    for group, other in said:
        if group is not None and other is not None and (other, group) not in said:
            yield group


# -- data associations ------------------------------------------------------------------------------------------------

_MOVES = ("dataInputAssociation", "dataOutputAssociation")


@rule(
    "data-association-own-end",
    "Không đầu nào của liên kết dữ liệu là dữ liệu của phần tử chứa nó.",
    "No end of the data association is data of the element it belongs to.",
    "Nối vào dataInput hoặc từ dataOutput của chính phần tử này.",
    "Let it lead to a data input, or come from a data output, of this very element.",
)
def data_association_own_end(model: Model) -> Iterator[Violation]:
    """An input association fills the element's own data, an output association takes from it."""
    for association, near, far in _associations(model):
        if near and not any(near) and not any(far):
            yield association


@rule(
    "data-association-reversed",
    "Liên kết dữ liệu viết ngược: nguồn và đích đổi chỗ cho nhau.",
    "The data association is written the wrong way round.",
    "Đổi chỗ sourceRef và targetRef.",
    "Exchange sourceRef and targetRef.",
    "warning",
)
def data_association_reversed(model: Model) -> Iterator[Violation]:
    """The end that belongs to the element is the target of an input and the source of an output."""
    for association, near, far in _associations(model):
        if near and not any(near) and any(far):
            yield association


def _associations(model: Model) -> Iterator[tuple[Element, list[bool], list[bool]]]:
    """The data associations, each with whether the data at its near and at its far end are its element's own."""
    for association in model.of(*_MOVES):
        owner = association.getparent()
        if owner is None:
            continue
        source, target = (
            [_belongs(each, owner) for each in model.all_referred(association, name) if kind(each) in ITEM_AWARE]
            for name in ("sourceRef", "targetRef")
        )
        fills = kind(association) == "dataInputAssociation"
        yield (association, target, source) if fills else (association, source, target)


def _belongs(data: Element, owner: Element) -> bool:
    parent = data.getparent()
    return parent is owner or owner in data.iterancestors() if parent is not None else False


@rule(
    "data-association-scope",
    "Liên kết dữ liệu nối tới dữ liệu không thấy được từ đây.",
    "The data association leads to data that cannot be seen from here.",
    "Dùng dữ liệu của quy trình hoặc tiểu quy trình chứa phần tử này.",
    "Use data of the process or sub-process around this element.",
)
def data_association_scope(model: Model) -> Iterator[Violation]:
    """The far ends of a data association are data around the element, and not that of other activities."""
    for association in model.of(*_MOVES):
        owner = association.getparent()
        name = "sourceRef" if kind(association) == "dataInputAssociation" else "targetRef"
        for found in model.all_referred(association, name):
            if owner is not None and kind(found) in ITEM_AWARE and not _reachable(model, owner, found):
                yield association
                break


def _reachable(model: Model, owner: Element, data: Element) -> bool:
    if kind(data) == "dataStore" or owner in data.iterancestors():
        return True
    holder = next(ancestors(data, *ACTIVITIES, *CATCH_EVENTS, *THROW_EVENTS, "process"), None)
    is_inside = holder is None or kind(holder) == "process" or holder in owner.iterancestors()
    return is_inside and _sees(model, owner, data)


@rule(
    "data-association-direction",
    "Liên kết dữ liệu ghi vào dữ liệu vào, hoặc lấy từ dữ liệu ra, của quy trình.",
    "The data association writes to a data input, or takes from a data output, of the process.",
    "Lấy từ dữ liệu vào và ghi vào dữ liệu ra, hoặc dùng đối tượng dữ liệu.",
    "Take from data inputs and write to data outputs, or use a data object.",
)
def data_association_direction(model: Model) -> Iterator[Violation]:
    """Data enter a process by its inputs and leave it by its outputs."""
    for association in model.of(*_MOVES):
        is_input = kind(association) == "dataInputAssociation"
        name, wrong = ("sourceRef", "dataOutput") if is_input else ("targetRef", "dataInput")
        if any(kind(found) == wrong for found in model.all_referred(association, name)):
            yield association


@rule(
    "data-association-sources",
    "Liên kết dữ liệu có nhiều nguồn thì phải có transformation.",
    "A data association with several sources needs a transformation.",
    "Thêm transformation, hoặc tách thành nhiều liên kết.",
    "Add a transformation, or make several associations of it.",
)
def data_association_sources(model: Model) -> Iterator[Violation]:
    """Only a transformation can make one of several."""
    for association in model.of(*_MOVES, "dataAssociation"):
        if len(children(association, "sourceRef")) > 1 and child(association, "transformation") is None:
            yield association


@rule(
    "data-association-types",
    "Hai đầu của liên kết dữ liệu khác kiểu.",
    "The ends of the data association are of different types.",
    "Dùng cùng itemDefinition, hoặc thêm transformation hay assignment.",
    "Use the same item definition, or add a transformation or assignments.",
)
def data_association_types(model: Model) -> Iterator[Violation]:
    """Without transformation both ends have the same or an equivalent item definition.

    Assignments of parts stand for a transformation in drawings, and in the files of engines.
    """
    for association in model.of(*_MOVES, "dataAssociation"):
        is_strict = model.is_executable(association) and not model.is_for_an_engine
        if children(association, "transformation", *(() if is_strict else ("assignment",))):
            continue
        found = [
            each
            for name in ("sourceRef", "targetRef")
            for each in model.all_referred(association, name)
            if kind(each) in ITEM_AWARE
        ]
        items = [item for each in found if (item := item_of(model, each)) is not None]
        if len(found) == 2 and len(items) == 2 and not same_items(items[0], items[1]):
            yield association
