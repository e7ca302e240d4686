"""The small part of FEEL that form-js conditions use, read once and evaluated without side effects.

Understood: numbers, "strings", true, false, null, date("2022-03-22"), names with dots, lists, `=`, `!=`, `<`, `<=`,
`>`, `>=`, `and`, `or`, `not(...)`, `between ... and ...`, `in (...)` with values, comparisons and ranges `[1..5]`,
`count(...)`, `contains(...)`, `list contains(...)`, `is defined(...)`. As in FEEL a comparison of unlike things is
null, and only `true` counts as fulfilled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST_CONDITION = 1_000
DEEPEST_NESTING = 30

Evaluate = Callable[[Mapping[str, Any]], Any]
Test = Callable[[Any, Mapping[str, Any]], Any]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?(?!\w))
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<function>list\s+contains|is\s+defined|contains|count|date|not)(?=\s*\()
    | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    | (?P<mark>\.\.|!=|<=|>=|[=<>()\[\],-])
    )""",
    re.VERBOSE,
)
_KEYWORDS = {"and", "or", "in", "between", "true", "false", "null"}
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}


class ConditionUnreadable(ValueError):
    """The condition is not written in the supported part of FEEL; `position` counts characters from 0."""

    def __init__(self, position: int, vi: str, en: str) -> None:
        self.position, self.vi, self.en = position, vi, en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that has been read; `names` are the data it asks for (first segment of dotted names)."""

    text: str
    names: frozenset[str]
    evaluate: Evaluate

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Whether the condition is true for `data`; null, unknown names and unlike types count as not true."""
        return self.evaluate(data) is True


def read_condition(text: str) -> Condition:
    """Read a condition such as `=case != "new"`; raises ConditionUnreadable with the position."""
    if len(text) > LONGEST_CONDITION:
        raise ConditionUnreadable(LONGEST_CONDITION, "điều kiện quá dài", "the condition is too long")
    reader = _Reader(text)
    evaluate = reader.either()
    reader.expect_end()
    return Condition(text, frozenset(reader.names), evaluate)


def _tokens(text: str) -> list[tuple[str, str, int]]:
    position = len(text) - len(text.lstrip().removeprefix("="))
    found = []
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise ConditionUnreadable(position, "ký hiệu không hiểu được", "a symbol that is not understood")
        word, kind = match[match.lastgroup], match.lastgroup
        found.append((word if kind == "name" and word in _KEYWORDS else kind, word, match.start(kind)))
        position = match.end()
    return [(word if kind == "mark" else kind, word, start) for kind, word, start in found]


class _Reader:
    """Recursive descent over the tokens; every method returns a function of the data."""

    def __init__(self, text: str) -> None:
        self.tokens = [*_tokens(text), ("end", "", len(text))]
        self.index = 0
        self.depth = 0
        self.names: set[str] = set()

    @property
    def kind(self) -> str:
        return self.tokens[self.index][0]

    def take(self) -> str:
        word = self.tokens[self.index][1]
        self.index += 1
        return word

    def taken(self, kind: str) -> bool:
        if self.kind != kind:
            return False
        self.index += 1
        return True

    def expect(self, kind: str) -> None:
        if not self.taken(kind):
            raise self.trouble(f"thiếu “{kind}”", f"“{kind}” is missing")

    def expect_end(self) -> None:
        if self.kind != "end":
            raise self.trouble("phần này không hiểu được", "this part is not understood")

    def trouble(self, vi: str, en: str) -> ConditionUnreadable:
        return ConditionUnreadable(self.tokens[self.index][2], vi, en)

    def either(self) -> Evaluate:
        parts = [self.both()]
        while self.taken("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda data: _decided(parts, data, True)

    def both(self) -> Evaluate:
        parts = [self.comparison()]
        while self.taken("and"):
            parts.append(self.comparison())
        return parts[0] if len(parts) == 1 else lambda data: _decided(parts, data, False)

    def comparison(self) -> Evaluate:
        left = self.value()
        if self.kind in _COMPARISONS:
            sign, right = self.take(), self.value()
            return lambda data: _compared(sign, left(data), right(data))
        if self.taken("between"):
            low = self.value()
            self.expect("and")
            high = self.value()
            return lambda data: _inside(left(data), low(data), high(data), "[", "]")
        if self.taken("in"):
            tests = self.tests()
            return lambda data: _settled([test(left(data), data) for test in tests], True)
        return left

    def tests(self) -> list[Test]:
        if not self.taken("("):
            return [self.test()]
        tests = [self.test()]
        while self.taken(","):
            tests.append(self.test())
        self.expect(")")
        return tests

    def test(self) -> Test:
        if self.kind in _COMPARISONS:
            sign, right = self.take(), self.value()
            return lambda value, data: _compared(sign, value, right(data))
        ranged = self.range()
        if ranged is not None:
            return ranged
        choice = self.value()
        return lambda value, data: _among(value, choice(data))

    def range(self) -> Test | None:
        if not self.range_ahead():
            return None
        opening = self.take()
        low = self.value()
        self.expect("..")
        high = self.value()
        if self.kind not in ("]", ")"):
            raise self.trouble("thiếu “]”", "“]” is missing")
        closing = self.take()
        return lambda value, data: _inside(value, low(data), high(data), opening, closing)

    def range_ahead(self) -> bool:
        """Whether the bracket at hand holds `..` of its own; looking ahead keeps reading linear."""
        depth = 0
        for kind, _, _ in self.tokens[self.index :]:
            depth += (kind in ("(", "[")) - (kind in (")", "]"))
            if depth == 0:
                return False
            if depth == 1 and kind == "..":
                return True
        return False

    def value(self) -> Evaluate:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.trouble("điều kiện lồng nhau quá sâu", "the condition is nested too deeply")
        try:
            return self.bare_value()
        finally:
            self.depth -= 1

    def bare_value(self) -> Evaluate:
        if self.kind in ("number", "string", "true", "false", "null"):
            constant = _constant(self.kind, self.take())
            return lambda data: constant
        if self.kind == "function":
            return self.call()
        if self.kind == "name":
            return self.name()
        if self.taken("-"):
            operand = self.value()
            return lambda data: _negated_number(operand(data))
        if self.taken("["):
            return self.list_of("]")
        if self.taken("("):
            inner = self.either()
            self.expect(")")
            return inner
        raise self.trouble("thiếu một giá trị", "a value is missing")

    def name(self) -> Evaluate:
        path = self.take().split(".")
        self.names.add(path[0])
        return lambda data: _looked_up(path, data)

    def list_of(self, closing: str) -> Evaluate:
        items = [] if self.kind == closing else [self.either()]
        while self.taken(","):
            items.append(self.either())
        self.expect(closing)
        return lambda data: [item(data) for item in items]

    def call(self) -> Evaluate:
        function, arity = _FUNCTIONS[" ".join(self.take().split())]
        self.expect("(")
        start = self.index
        arguments = self.list_of(")")
        if _commas(self.tokens[start : self.index]) + 1 != arity:
            raise self.trouble(f"hàm cần {arity} tham số", f"the function takes {arity} arguments")
        return lambda data: function(*arguments(data))


def _commas(tokens: list[tuple[str, str, int]]) -> int:
    depth = commas = 0
    for kind, _, _ in tokens[:-1]:
        depth += (kind in ("(", "[")) - (kind in (")", "]"))
        commas += kind == "," and depth == 0
    return commas if len(tokens) > 1 else -1


def _constant(kind: str, word: str) -> Any:
    if kind == "number":
        return float(word) if "." in word else int(word)
    if kind == "string":
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    return {"true": True, "false": False, "null": None}[kind]


def _looked_up(path: list[str], data: Mapping[str, Any]) -> Any:
    value: Any = data
    for segment in path:
        value = value.get(segment) if isinstance(value, Mapping) else None
    return value


def _decided(parts: list[Evaluate], data: Mapping[str, Any], deciding: bool) -> bool | None:
    """Three-valued `or` (deciding = True) and `and` (deciding = False)."""
    return _settled([part(data) for part in parts], deciding)


def _settled(results: list[Any], deciding: bool) -> bool | None:
    if any(result is deciding for result in results):
        return deciding
    return (not deciding) if all(result is (not deciding) for result in results) else None


def _compared(sign: str, left: Any, right: Any) -> bool | None:
    if sign in ("=", "!="):
        equal = _equal(left, right)
        return equal if sign == "=" or equal is None else not equal
    left, right = _alike(left, right)
    if left is None or right is None or type(left) is bool or isinstance(left, list | Mapping):
        return None
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign])


def _equal(left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return left is right
    left, right = _alike(left, right)
    return None if left is None else bool(left == right)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both values when FEEL may compare them, a pair of None otherwise; an ISO text beside a date becomes a date."""
    if isinstance(left, date) != isinstance(right, date):
        left, right = _as_date(left), _as_date(right)
    if type(left) is type(right) or (_is_number(left) and _is_number(right)):
        return left, right
    return None, None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _negated_number(value: Any) -> Any:
    return -value if _is_number(value) else None


def _inside(value: Any, low: Any, high: Any, opening: str, closing: str) -> bool | None:
    above = _compared(">=" if opening == "[" else ">", value, low)
    below = _compared("<=" if closing == "]" else "<", value, high)
    return None if above is None or below is None else above and below


def _among(value: Any, choice: Any) -> bool | None:
    if isinstance(choice, list) and not isinstance(value, list):
        return any(_equal(value, item) is True for item in choice)
    return _equal(value, choice)


def _negation(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def _contained(text: Any, part: Any) -> bool | None:
    return part in text if isinstance(text, str) and isinstance(part, str) else None


def _list_contains(items: Any, element: Any) -> bool | None:
    return any(_equal(item, element) is True for item in items) if isinstance(items, list) else None


_FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "not": (_negation, 1),
    "date": (_as_date, 1),
    "count": (lambda items: len(items) if isinstance(items, list) else None, 1),
    "contains": (_contained, 2),
    "list contains": (_list_contains, 2),
    "is defined": (lambda value: value is not None, 1),
}
