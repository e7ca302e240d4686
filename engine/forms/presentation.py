"""A form in the reader's language, and its answers as people read them and as expressions see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from engine.forms.schema import Field, FieldKind, Form, Part, Repeat

_TRANSLATED = ("label", "description", "text", "dateLabel", "timeLabel")
VIETNAMESE_SEPARATORS = str.maketrans({",": ".", ".": ","})
_YES_NO = {"vi": ("Có", "Không"), "en": ("Yes", "No")}


def document_in(form: Form, language: str) -> dict[str, Any]:
    """The form-js JSON for the browser with labels in `language`; where no English is given the Vietnamese stays."""
    document = deepcopy(dict(form.document))
    if language != "vi":
        _translate(document)
    return document


def _translate(component: dict[str, Any]) -> None:
    properties = component.get("properties") or {}
    for attribute in _TRANSLATED:
        english = properties.get(f"{'label' if attribute.endswith('Label') else attribute}_en")
        if english and component.get(attribute):
            component[attribute] = english
    if "suffix_en" in properties and "appearance" in component:
        component["appearance"]["suffixAdorner"] = properties["suffix_en"]
    for choice in component.get("values") or ():
        choice["label"] = properties.get(f"value_en:{choice.get('value')}") or choice.get("label")
    for inner in component.get("components") or ():
        _translate(inner)


def shown_answers(form: Form, answers: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Label and answer of every answered field, in the form's order, as a person reads them.

    The entries of a dynamic list are one answer, a numbered line each.
    """
    return _shown_parts(form.parts, answers, language)


def facts_of(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The validated answers as facts for expressions and decisions, by the first segment of their path.

    Dates become `date` values; a field that was not answered is None, so that a rule may ask for it.
    """
    facts: dict[str, Any] = {**form.unanswered(), **answers}
    for field in form.fields():
        if field.kind is FieldKind.DATETIME and field.date_part == "date" and len(field.path) == 1:
            value = answers.get(field.path[0])
            facts[field.path[0]] = date.fromisoformat(value) if isinstance(value, str) else None
    return facts


def _shown_parts(parts: Iterable[Part], answers: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    shown = []
    for part in parts:
        value = _at(answers, part.path)
        if value is not None and value != "" and value != []:
            text = _entries(part, value, language) if isinstance(part, Repeat) else _shown(part, value, language)
            shown.append((getattr(part.label, language), text))
    return shown


def _entries(repeat: Repeat, entries: Iterable[Mapping[str, Any]], language: str) -> str:
    lines = (
        "; ".join(f"{label}: {value}" for label, value in _shown_parts(repeat.parts, entry, language))
        for entry in entries
    )
    return "\n".join(f"{index}. {line}" for index, line in enumerate(lines, start=1))


def _shown(field: Field, value: Any, language: str) -> str:
    if isinstance(value, bool):
        return _YES_NO[language][0 if value else 1]
    if isinstance(value, list):
        return ", ".join(_choice(field, entry, language) for entry in value)
    if field.kind is FieldKind.DATETIME and field.date_part != "time":
        return f"{value[8:10]}/{value[5:7]}/{value[:4]} {value[11:16]}".strip()
    if field.is_year:
        return str(value)
    if field.kind is FieldKind.NUMBER:
        return f"{_number(value, language)} {getattr(field.unit, language)}".rstrip()
    return _choice(field, value, language)


def _number(value: Any, language: str) -> str:
    """Thousands and decimals as the language writes them: 120.000.000,5 in Vietnamese."""
    grouped = f"{Decimal(str(value)):,f}"
    return grouped.translate(VIETNAMESE_SEPARATORS) if language == "vi" else grouped


def _choice(field: Field, value: Any, language: str) -> str:
    for choice in field.choices:
        if choice.value == value:
            return str(getattr(choice.label, language))
    return str(value)


def _at(answers: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = answers
    for segment in path:
        value = value.get(segment) if isinstance(value, Mapping) else None
    return value
