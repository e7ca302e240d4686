"""Words of a procedure that dossiers write down: one that is longer than its place is refused before publishing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalogue.bundles import SHARED, Bundle
from engine.forms import Field, FieldKind, Form, line_of
from engine.words import Words
from engine.workflow import Definition, DrawnElement, Finding, written_cells


class Place(Words):
    """Where a dossier keeps a word of its procedure."""

    ELEMENT = "element", "Mã (id)", "id"
    KIND = "kind", "Loại việc (modelerTemplate)", "kind of task (modelerTemplate)"
    FORM = "form", "Tên biểu mẫu", "name of the form"
    MESSAGE = "message", "Tên thông điệp", "name of the message"
    COMPONENT = "component", "Mã giấy tờ (code)", "code of the paper"
    FEE = "fee", "Mã khoản thu (code)", "code of the fee"
    AMOUNT = "amount", "Thời hạn (amount)", "amount of the limit"
    RESULT_NUMBER = "result_number", "Số kết quả", "number of the result"
    OPINION = "opinion", "Ý kiến", "opinion"


LONGEST: Mapping[Place, int] = {
    Place.ELEMENT: 80,
    Place.KIND: 30,
    Place.FORM: 80,
    Place.MESSAGE: 80,
    Place.COMPONENT: 60,
    Place.FEE: 60,
    Place.AMOUNT: 12,
    Place.RESULT_NUMBER: 80,
    Place.OPINION: 40,
}
"""Characters; engine.dossiers.models has the columns."""

_COLUMNS = (("components", "code", Place.COMPONENT), ("fees", "code", Place.FEE), ("deadline", "amount", Place.AMOUNT))
_ANSWERS = (("record_issue", "document_number", Place.RESULT_NUMBER), ("record_opinion", "opinion", Place.OPINION))
"""The services that write an answer of the task before them into a column, and its key."""


def too_long(bundle: Bundle, definition: Definition, forms: Mapping[str, Form]) -> Iterator[Finding]:
    """What the database would not take when a dossier comes to it; files are named below processes/."""
    for finding in (*_drawn(definition), *_in_tables(definition)):
        yield bundle.located(finding)
    for topic, key, place in _ANSWERS:
        if topic in definition.service_topics:
            used = {name: forms[name] for name in sorted(definition.forms & forms.keys())}
            yield from _in_forms(bundle, used, key, place)


def _drawn(definition: Definition) -> Iterator[Finding]:
    processes = {element.process_id: element.file for element in definition.elements}
    for process, file in processes.items():
        yield from _checked(Place.ELEMENT, process, file, None, process)
    for element in definition.elements:
        for place, written in _words(element):
            yield from _checked(place, written, element.file, element.line, element.id)


def _words(element: DrawnElement) -> Iterator[tuple[Place, str]]:
    yield Place.ELEMENT, element.id
    if element.type == "userTask":
        yield Place.KIND, element.kind
        yield Place.FORM, element.form or ""
    for message in element.messages:
        yield Place.MESSAGE, message


def _in_tables(definition: Definition) -> Iterator[Finding]:
    """The ids of decisions, which an incident names, and the cells that dossiers keep."""
    for id, decision in definition.decision_tables.items():
        yield from _checked(Place.ELEMENT, id, decision.file, None, id)
    for table, column, place in _COLUMNS:
        if table in definition.decision_tables:
            file = definition.decision_tables[table].file
            for value in written_cells(definition, table, column):
                yield from _checked(place, value, file, None, table)


def _checked(place: Place, value: Any, file: str, line: int | None, element_id: str) -> Iterator[Finding]:
    written, longest = str(value).strip(), LONGEST[place]
    if len(written) > longest:
        yield Finding(
            rule="too-long",
            file=file,
            line=line,
            element_id=element_id,
            message_vi=f"{place.vi} “{written}” dài {len(written)} ký tự, hồ sơ chỉ ghi được {longest} ký tự.",
            message_en=f"The {place.en} “{written}” has {len(written)} characters; a dossier can keep {longest}.",
            remedy_vi=f"Rút ngắn còn tối đa {longest} ký tự.",
            remedy_en=f"Shorten it to {longest} characters at most.",
        )


def _in_forms(bundle: Bundle, forms: Mapping[str, Form], key: str, place: Place) -> Iterator[Finding]:
    """Fields whose answer may be longer than its place."""
    longest = LONGEST[place]
    for name, form in forms.items():
        field = form.field(key)
        if field is None or not _may_exceed(field, longest):
            continue
        file = f"{name}.form" if f"{name}.form" in bundle.files else f"{SHARED}{name}.form"
        yield Finding(
            rule="too-long",
            file=bundle.path(file),
            line=line_of(bundle.files[file].decode(), "key", key),
            element_id=key,
            message_vi=f"{place.vi} nhập ở mục “{key}” có thể dài hơn {longest} ký tự mà hồ sơ ghi được.",
            message_en=f"The {place.en} entered in “{key}” may be longer than the {longest} characters that a dossier "
            "can keep.",
            remedy_vi=f"Đặt maxLength của mục (hoặc giá trị của các lựa chọn) tối đa {longest} ký tự.",
            remedy_en=f"Give the field a maxLength (or its choices values) of {longest} characters at most.",
        )


def _may_exceed(field: Field, longest: int) -> bool:
    if field.kind in (FieldKind.TEXTFIELD, FieldKind.TEXTAREA):
        return field.max_length is None or field.max_length > longest
    return any(len(str(choice.value)) > longest for choice in field.choices)
