"""The functions that every expression may call; each bounds its arguments and touches nothing outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from engine.workflow.expressions.errors import ExpressionFailed
from engine.workflow.expressions.values import (
    add,
    bounded,
    contains,
    equal,
    exact,
    is_number,
    kind_en,
    kind_vi,
    less,
    walkable,
)


def _wrong(name: str, value: object) -> ExpressionFailed:
    return ExpressionFailed(f"{name}() không nhận {kind_vi(value)}", f"{name}() does not take {kind_en(value)}")


def _items(name: str, arguments: tuple[Any, ...]) -> Sequence[Any]:
    values: Any = arguments[0] if len(arguments) == 1 else arguments
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise _wrong(name, values)
    return walkable(values)  # type: ignore[no-any-return]


def length(value: Any) -> int:
    """How many characters, items or keys."""
    if isinstance(value, str | Sequence | Mapping):
        return len(value)
    raise _wrong("len", value)


def is_empty(value: Any) -> bool:
    """Whether there is nothing: null, or a text, list or record without anything in it."""
    return value is None or length(value) == 0


def smallest(*arguments: Any) -> Any:
    """The smallest of the arguments, or of one list."""
    return _extreme("min", arguments, lambda candidate, best: less("<", candidate, best))


def largest(*arguments: Any) -> Any:
    """The largest of the arguments, or of one list."""
    return _extreme("max", arguments, lambda candidate, best: less("<", best, candidate))


def _extreme(name: str, arguments: tuple[Any, ...], better: Callable[[Any, Any], bool]) -> Any:
    values = _items(name, arguments)
    if not values:
        raise ExpressionFailed(f"{name}() của danh sách rỗng", f"{name}() of an empty list")
    best = values[0]
    for candidate in values[1:]:
        if better(candidate, best):
            best = candidate
    return best


def total(*arguments: Any) -> Any:
    """The sum of the arguments, or of one list of numbers; 0 of nothing."""
    result: Any = 0
    for value in _items("sum", arguments):
        result = add(result, value)
    return result


def rounded(value: Any, digits: Any = 0) -> int | Decimal:
    """Rounded half up (as money is) to `digits` places after the point; negative digits round to tens, hundreds."""
    if not is_number(value) or not isinstance(digits, int) or not -20 <= digits <= 10:
        raise _wrong("round", value)
    step = Decimal(1).scaleb(-digits)
    return exact((Decimal(exact(value)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step)


def whole_below(value: Any) -> int | Decimal:
    """The next whole number below or at a number."""
    return _to_whole("floor", value, ROUND_FLOOR)


def whole_above(value: Any) -> int | Decimal:
    """The next whole number above or at a number."""
    return _to_whole("ceil", value, ROUND_CEILING)


def _to_whole(name: str, value: Any, rounding: str) -> int | Decimal:
    if not is_number(value):
        raise _wrong(name, value)
    try:
        return exact(Decimal(exact(value)).to_integral_value(rounding))
    except InvalidOperation as error:
        raise _wrong(name, value) from error


def absolute(value: Any) -> int | Decimal:
    """A number without its sign."""
    if not is_number(value):
        raise _wrong("abs", value)
    return max(exact(value), -exact(value))


def text(value: Any) -> str:
    """A number, text, date or truth value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if is_number(value):
        return format(exact(value), "f") if isinstance(exact(value), Decimal) else str(exact(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    raise _wrong("str", value)


def number(value: Any) -> int | Decimal:
    """A number, or the number that a text shows."""
    if is_number(value):
        return exact(value)
    if isinstance(value, str) and len(value) <= 40:
        try:
            return exact(Decimal(value.strip()))
        except InvalidOperation:
            pass
    raise _wrong("number", value)


def whole(value: Any) -> int:
    """A number, or the number that a text shows, with everything after the point cut off."""
    return int(number(value))


def lower(value: Any) -> str:
    """A text in small letters."""
    if isinstance(value, str):
        return value.lower()
    raise _wrong("lower", value)


def upper(value: Any) -> str:
    """A text in capitals."""
    if isinstance(value, str):
        return value.upper()
    raise _wrong("upper", value)


def starts_with(value: Any, beginning: Any) -> bool:
    """Whether a text begins with another."""
    if isinstance(value, str) and isinstance(beginning, str):
        return value.startswith(beginning)
    raise _wrong("starts_with", value)


def ends_with(value: Any, ending: Any) -> bool:
    """Whether a text ends with another."""
    if isinstance(value, str) and isinstance(ending, str):
        return value.endswith(ending)
    raise _wrong("ends_with", value)


def append(values: Any, item: Any) -> list[Any]:
    """A new list with one more item at its end."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise _wrong("append", values)
    return list(bounded([*values, item]))


def to_date(value: Any, month: Any = None, day: Any = None) -> date:
    """The date of an ISO text, of a date and time, or of year, month and day."""
    try:
        if month is not None:
            return date(value, month, day)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        return date.fromisoformat(value[:10]) if len(value) != 10 else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ExpressionFailed(f"không phải ngày: {value!r:.40}", f"not a date: {value!r:.40}") from error


def to_datetime(value: Any) -> datetime:
    """The date and time of an ISO text, for example "2026-01-05T08:30:00+07:00"."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ExpressionFailed(f"không phải ngày giờ: {value!r:.40}", f"not a date and time: {value!r:.40}") from error


def _span(name: str, unit: str) -> Callable[[Any], timedelta]:
    def span(amount: Any) -> timedelta:
        if not is_number(amount) or abs(amount) > 400_000:
            raise _wrong(name, amount)
        return timedelta(**{unit: float(amount)})

    span.__doc__ = f"A duration of so many {unit}."
    return span


BUILT_IN: Mapping[str, Callable[..., Any]] = {
    "abs": absolute,
    "append": append,
    "ceil": whole_above,
    "contains": contains,
    "date": to_date,
    "datetime": to_datetime,
    "days": _span("days", "days"),
    "empty": is_empty,
    "ends_with": ends_with,
    "equal": equal,
    "floor": whole_below,
    "hours": _span("hours", "hours"),
    "int": whole,
    "len": length,
    "lower": lower,
    "max": largest,
    "min": smallest,
    "minutes": _span("minutes", "minutes"),
    "number": number,
    "round": rounded,
    "starts_with": starts_with,
    "str": text,
    "sum": total,
    "upper": upper,
}
"""By the name that an expression uses. `now`, `today`, `defined` and `default` belong to the language itself."""

METHODS: Mapping[str, str] = {
    "contains": "contains",
    "endsWith": "ends_with",
    "endswith": "ends_with",
    "equals": "equal",
    "isEmpty": "empty",
    "length": "len",
    "lower": "lower",
    "size": "len",
    "startsWith": "starts_with",
    "startswith": "starts_with",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "upper": "upper",
}
"""What may be written behind a value as in other languages (`name.equals("x")`), and the function that it means."""
