"""What one field accepts: numbers, texts, choices and dates, each checked and brought into one shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

from engine.forms.refusals import (
    Bilingual,
    ChosenTwice,
    DateInThePast,
    NotAChoice,
    NotAMultiple,
    TooLarge,
    TooLong,
    TooManyDecimals,
    TooShort,
    TooSmall,
    UnreadableText,
    WrongDate,
    WrongPattern,
    WrongType,
)
from engine.forms.schema import Field, FieldKind

LONGEST_LINE = 1_000
LONGEST_TEXT = 20_000
LONGEST_WITH_PATTERN = 500
LARGEST_NUMBER = 10**15

_NUMBER_AS_TEXT = re.compile(r"-?\d{1,16}(\.\d{1,10})?", re.ASCII)
_FILE = re.compile(r"files::[A-Za-z0-9_-]{1,80}")
_ZONE_PATTERNS = {"utc_offset": r"[+-]\d{2}:\d{2}", "utc_normalized": "Z", "no_timezone": ""}
_READ_MOMENT: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}
_DATE = Bilingual("ngày", "a date")
_TIME = Bilingual("giờ", "a time of day")
_MOMENT = Bilingual("ngày và giờ", "a date and time")


def checked(field: Field, value: Any, facts: Mapping[str, Any]) -> Any:
    """The value in the field's own shape; raises a FieldRefused. Texts arrive trimmed and in Unicode NFC."""
    return _CHECKS[field.kind](field, value, facts)


def _line(field: Field, value: Any, facts: Mapping[str, Any]) -> str:
    text = _text(field, value, LONGEST_LINE)
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise UnreadableText(label=field.label)
    return text


def _lines(field: Field, value: Any, facts: Mapping[str, Any]) -> str:
    text = _text(field, value, LONGEST_TEXT).replace("\r\n", "\n")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in text):
        raise UnreadableText(label=field.label)
    return text


def _text(field: Field, value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise WrongType(label=field.label, expected=field.kind)
    if any(unicodedata.category(letter) == "Cs" for letter in value):
        raise UnreadableText(label=field.label)
    limit = min(longest if field.max_length is None else field.max_length, longest)
    if len(value) > limit:
        raise TooLong(label=field.label, limit=limit)
    if field.min_length is not None and len(value) < field.min_length:
        raise TooShort(label=field.label, limit=field.min_length)
    if field.pattern is not None and (len(value) > LONGEST_WITH_PATTERN or not field.pattern.search(value)):
        raise WrongPattern(label=field.label, hint=field.pattern_hint)
    return value


def _number(field: Field, value: Any, facts: Mapping[str, Any]) -> int | float | str:
    number = _read_number(field, value)
    if field.decimals is not None and -int(number.normalize().as_tuple().exponent) > field.decimals:
        raise TooManyDecimals(label=field.label, limit=field.decimals)
    if field.minimum is not None and number < _decimal(field.minimum):
        raise TooSmall(label=field.label, limit=field.minimum)
    if field.maximum is not None and number > _decimal(field.maximum):
        raise TooLarge(label=field.label, limit=field.maximum)
    if field.step and number % _decimal(field.step) != 0:
        raise NotAMultiple(label=field.label, step=field.step)
    if field.as_text or not isinstance(value, float) or not value.is_integer():
        return value  # type: ignore[no-any-return]
    return int(value)


def _read_number(field: Field, value: Any) -> Decimal:
    if field.as_text and isinstance(value, str) and _NUMBER_AS_TEXT.fullmatch(value):
        return Decimal(value)
    if field.as_text or not _is_number(value):
        raise WrongType(label=field.label, expected=field.kind)
    if abs(value) > LARGEST_NUMBER:
        raise (TooLarge if value > 0 else TooSmall)(label=field.label, limit=LARGEST_NUMBER * (1 if value > 0 else -1))
    return _decimal(value)


def _is_number(value: Any) -> bool:
    """Whole numbers are asked first: one of four thousand digits has no float to be asked about."""
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, float) and isfinite(value)


def _decimal(number: int | float) -> Decimal:
    return Decimal(str(number))


def _ticked(field: Field, value: Any, facts: Mapping[str, Any]) -> bool:
    if not isinstance(value, bool):
        raise WrongType(label=field.label, expected=field.kind)
    return value


def _chosen(field: Field, value: Any, facts: Mapping[str, Any]) -> Any:
    if not _among(value, _choices(field, facts)):
        raise NotAChoice(label=field.label)
    return value


def _several_chosen(field: Field, value: Any, facts: Mapping[str, Any]) -> list[Any]:
    if not isinstance(value, list):
        raise WrongType(label=field.label, expected=field.kind)
    choices = _choices(field, facts)
    for index, entry in enumerate(value):
        if not _among(entry, choices):
            raise NotAChoice(label=field.label)
        if _among(entry, value[:index]):
            raise ChosenTwice(label=field.label)
    return list(value)


def _choices(field: Field, facts: Mapping[str, Any]) -> list[Any]:
    if field.choices_from is None:
        return [choice.value for choice in field.choices]
    found: Any = facts
    for segment in field.choices_from.split("."):
        found = found.get(segment) if isinstance(found, Mapping) else None
    entries = found if isinstance(found, list | tuple) else []
    return [entry.get("value") if isinstance(entry, Mapping) else entry for entry in entries]


def _among(value: Any, choices: list[Any]) -> bool:
    """Equal and of the same type: for a choice, 1 is neither true nor "1"."""
    return any(type(value) is type(choice) and value == choice for choice in choices)


def _moment(field: Field, value: Any, facts: Mapping[str, Any]) -> str:
    expected, example, pattern = {
        "date": (_DATE, "2022-03-22", r"\d{4}-\d{2}-\d{2}"),
        "time": (_TIME, "09:40", r"\d{2}:\d{2}" + _ZONE_PATTERNS[field.time_zone]),
        "datetime": (_MOMENT, "2022-03-22T09:40", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}" + _ZONE_PATTERNS[field.time_zone]),
    }[field.date_part]
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise WrongDate(label=field.label, expected=expected, example=example)
    try:
        _READ_MOMENT[field.date_part](value)
    except ValueError:
        raise WrongDate(label=field.label, expected=expected, example=example) from None
    today = facts.get("today")
    if field.no_past and field.date_part != "time" and isinstance(today, date) and value[:10] < today.isoformat()[:10]:
        raise DateInThePast(label=field.label)
    return value


def _file(field: Field, value: Any, facts: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or not _FILE.fullmatch(value):
        raise WrongType(label=field.label, expected=field.kind)
    return value


_CHECKS: dict[FieldKind, Callable[[Field, Any, Mapping[str, Any]], Any]] = {
    FieldKind.TEXTFIELD: _line,
    FieldKind.TEXTAREA: _lines,
    FieldKind.NUMBER: _number,
    FieldKind.CHECKBOX: _ticked,
    FieldKind.CHECKLIST: _several_chosen,
    FieldKind.RADIO: _chosen,
    FieldKind.SELECT: _chosen,
    FieldKind.TAGLIST: _several_chosen,
    FieldKind.DATETIME: _moment,
    FieldKind.FILEPICKER: _file,
}
