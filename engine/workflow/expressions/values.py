"""Arithmetic and comparison of the language's values, each operation bounded.

Numbers are whole numbers or exact decimals (a float that comes in as a variable is read as the decimal it shows), so
money and rates are never off by a rounding of binary fractions. Dates and ISO texts may be compared with each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, DecimalException
from types import NoneType
from typing import Any, Literal

from engine.workflow.expressions.errors import ExpressionFailed

MAXIMUM_TEXT = 20_000
"""Characters in a text that an expression may make."""
MAXIMUM_ITEMS = 5_000
"""Items in a list that an expression may make or walk through."""
MAXIMUM_WEIGHT = 100_000
"""Items, keys and characters in a list or record that an expression may make, with everything inside it."""
MAXIMUM_BITS = 256
"""Bits in a whole number."""
MAXIMUM_DIGITS = 77
"""Digits before or after a decimal's point; turning `1e9999999` into digits would take half a minute."""

Kind = Literal["truth", "number", "text", "date", "duration", "list", "record", "null"]

_KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, "truth"),
    (int, "number"),
    (float, "number"),
    (Decimal, "number"),
    (str, "text"),
    (date, "date"),
    (timedelta, "duration"),
    (list, "list"),
    (Mapping, "record"),
    (NoneType, "null"),
)
KIND_WORDS: Mapping[Kind | None, tuple[str, str]] = {
    "truth": ("đúng/sai", "a truth value"),
    "number": ("số", "a number"),
    "text": ("chuỗi", "a text"),
    "date": ("ngày", "a date"),
    "duration": ("khoảng thời gian", "a duration"),
    "list": ("danh sách", "a list"),
    "record": ("bản ghi", "a record"),
    "null": ("trống (null)", "null"),
    None: ("khác", "of no known kind"),
}
"""What each kind is called in Vietnamese and in English."""


def kind_of(value: object) -> Kind | None:
    """What sort of value this is; nothing for one that the language does not know."""
    return next((kind for type_, kind in _KINDS if isinstance(value, type_)), None)


def kind_vi(value: object) -> str:
    """What sort of value this is, in Vietnamese."""
    return KIND_WORDS[kind_of(value)][0]


def kind_en(value: object) -> str:
    """What sort of value this is, in English."""
    return KIND_WORDS[kind_of(value)][1]


def unusable(sign: str, left: object, right: object) -> ExpressionFailed:
    """The failure of an operator between two values that do not go together."""
    return ExpressionFailed(
        f"không thể tính “{sign}” giữa {kind_vi(left)} và {kind_vi(right)}",
        f"“{sign}” cannot be applied to {kind_en(left)} and {kind_en(right)}",
    )


def too_large() -> ExpressionFailed:
    """The failure of a result beyond the bounds above."""
    return ExpressionFailed("kết quả vượt quá giới hạn cho phép", "the result is too large")


def is_number(value: object) -> bool:
    """Whether this is a number; truth values are not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def exact(value: Any) -> int | Decimal:
    """A number as a whole number or an exact decimal."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite() or (value and abs(value.adjusted()) > MAXIMUM_DIGITS):
            raise too_large()
        return int(value) if value == value.to_integral_value() else value
    return int(value)


def bounded(value: Any) -> Any:
    """The value itself, if it is within the bounds; else ExpressionFailed."""
    if isinstance(value, int) and value.bit_length() > MAXIMUM_BITS:
        raise too_large()
    if isinstance(value, str) and len(value) > MAXIMUM_TEXT:
        raise too_large()
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str)):
        walkable(value)
        _weigh(value)
    return value


def walkable(values: Any) -> Any:
    """The list or record itself, if it does not have too many items to walk through; else ExpressionFailed."""
    if len(values) > MAXIMUM_ITEMS:
        raise too_large()
    return values


def _weigh(value: Any) -> None:
    """Refuse what is small to look at and huge inside: `[x, x]`, made again and again, doubles each time."""
    weight, left = 0, [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            weight += len(each)
        elif isinstance(each, Mapping):
            weight += len(each)
            left += [*each.keys(), *each.values()]
        elif isinstance(each, Sequence):
            weight += len(each)
            left += each
        if weight > MAXIMUM_WEIGHT:
            raise too_large()


def _numeric(sign: str, operation: Callable[[Any, Any], Any], left: Any, right: Any) -> int | Decimal:
    try:
        result = operation(exact(left), exact(right))
    except (ZeroDivisionError, DecimalException) as error:
        raise ExpressionFailed(f"không thể tính “{sign}”", f"“{sign}” has no result here") from error
    return exact(bounded(result))


def add(left: Any, right: Any) -> Any:
    """Sum of numbers, joining of texts or of lists, a date moved by a duration."""
    if is_number(left) and is_number(right):
        return _numeric("+", lambda a, b: a + b, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return bounded(left + right)
    if isinstance(left, date | timedelta) and isinstance(right, timedelta):
        return _moved("+", left, right)
    if isinstance(left, timedelta) and isinstance(right, date):
        return _moved("+", right, left)
    raise unusable("+", left, right)


def subtract(left: Any, right: Any) -> Any:
    """Difference of numbers, a date moved back by a duration, the duration between two dates."""
    if is_number(left) and is_number(right):
        return _numeric("-", lambda a, b: a - b, left, right)
    if isinstance(left, date | timedelta) and isinstance(right, timedelta):
        return _moved("-", left, -right)
    if isinstance(left, date) and isinstance(right, date) and isinstance(left, datetime) == isinstance(right, datetime):
        try:
            return left - right
        except TypeError as error:
            raise unusable("-", left, right) from error
    raise unusable("-", left, right)


def _moved(sign: str, moment: Any, by: timedelta) -> Any:
    try:
        return moment + by
    except OverflowError as error:
        raise too_large() from error


def multiply(left: Any, right: Any) -> int | Decimal:
    """Product of two numbers; texts and lists are never repeated."""
    if is_number(left) and is_number(right):
        return _numeric("*", lambda a, b: a * b, left, right)
    raise unusable("*", left, right)


def divide(left: Any, right: Any) -> int | Decimal:
    """Exact quotient of two numbers (28 digits)."""
    if is_number(left) and is_number(right):
        return _numeric("/", lambda a, b: Decimal(a) / Decimal(b), left, right)
    raise unusable("/", left, right)


def remainder(left: Any, right: Any) -> int | Decimal:
    """Remainder of two numbers, with the divisor's sign; never the formatting of a text."""
    if is_number(left) and is_number(right):
        return _numeric("%", lambda a, b: a - b * (a // b) if isinstance(a // b, int) else a % b, left, right)
    raise unusable("%", left, right)


def negate(value: Any) -> Any:
    """The number or duration with the other sign."""
    if is_number(value):
        return -exact(value)
    if isinstance(value, timedelta):
        return -value
    raise ExpressionFailed(f"không thể đổi dấu {kind_vi(value)}", f"{kind_en(value)} has no sign")


def _moment(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """The two values in a form in which they can be compared: exact numbers, dates of one kind."""
    if is_number(left) and is_number(right):
        return exact(left), exact(right)
    if isinstance(left, date) and isinstance(right, str):
        right = _moment(right) or right
    elif isinstance(right, date) and isinstance(left, str):
        left = _moment(left) or left
    if isinstance(left, datetime) and isinstance(right, date) and not isinstance(right, datetime):
        left = left.date()
    elif isinstance(right, datetime) and isinstance(left, date) and not isinstance(left, datetime):
        right = right.date()
    return left, right


def equal(left: Any, right: Any) -> bool:
    """Whether two values are the same; values of different kinds are simply different (true is not 1)."""
    left, right = comparable(left, right)
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def same(sign: str, left: Any, right: Any) -> bool:
    """Whether two values of an expression are equal.

    A number or truth value and the text that spells it (5 and "5", true and "true") are the same in some engines'
    languages and different in others: they are not compared at all.
    """
    for value, text in ((left, right), (right, left)):
        if isinstance(text, str) and _is_spelled(value, text.strip()):
            raise unusable(sign, left, right)
    return equal(left, right)


def _is_spelled(value: Any, text: str) -> bool:
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if not is_number(value) or not _NUMERIC.fullmatch(text):
        return False
    return equal(value, Decimal(text))


_NUMERIC = re.compile(r"[-+]?\d{1,40}(\.\d{1,40})?")


def less(sign: str, left: Any, right: Any) -> bool:
    """Whether `left` comes before `right`: numbers, texts, dates or durations of the same kind."""
    left, right = comparable(left, right)
    same = (
        (is_number(left) and is_number(right))
        or (isinstance(left, str) and isinstance(right, str))
        or (isinstance(left, date) and isinstance(right, date))
        or (isinstance(left, timedelta) and isinstance(right, timedelta))
    )
    if not same:
        raise unusable(sign, left, right)
    try:
        return bool(left < right)
    except TypeError as error:
        raise ExpressionFailed(
            "không so sánh được giờ có múi giờ với giờ không có múi giờ",
            "a time with a time zone cannot be compared with one without",
        ) from error


def contains(container: Any, item: Any) -> bool:
    """Whether a list holds the item, a text the part, a record the key."""
    if isinstance(container, str):
        if not isinstance(item, str):
            raise unusable("in", item, container)
        return item in container
    if isinstance(container, Mapping):
        return isinstance(item, str) and item in container
    if isinstance(container, Sequence):
        return any(equal(each, item) for each in walkable(container))
    raise unusable("in", item, container)


def item_of(container: Any, key: Any) -> Any:
    """The value under a record's key or at a list's place (from 0); nothing else has items or attributes."""
    if isinstance(container, Mapping):
        if isinstance(key, str) and key in container:
            return container[key]
        raise ExpressionFailed(f"không có mục “{key}”", f"there is no item “{key}”")
    if isinstance(container, Sequence) and not isinstance(container, str | bytes):
        if isinstance(key, int) and not isinstance(key, bool) and -len(container) <= key < len(container):
            return container[key]
        raise ExpressionFailed(f"danh sách không có vị trí {key}", f"the list has no place {key}")
    raise ExpressionFailed(
        f"{kind_vi(container)} không có mục con “{key}”", f"{kind_en(container)} has no item “{key}”"
    )
