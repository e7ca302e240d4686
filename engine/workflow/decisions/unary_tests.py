"""FEEL unary tests: what may stand in a decision table's input cell.

`-` · `5` · `"a", "b"` · `> 3` · `[1..5]` `]1..5[` `(1..5)` · `not("a")` · `true` · `null` · `date("2026-01-01")`, alone
or in a range, and expressions of the small language. Ranges of texts and of dates work as those of numbers.

As in DMN 1.3, an expression in which `?` stands for the input fits when it is true, and so does a condition on other
variables (`pages > 3`); every other expression is a value that the input must equal. What cannot be compared with an
empty input is neither true nor false, so `not(> 3)` fits null as little as `> 3` does, while `not("a")` fits it: null
is not "a".
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from engine.workflow.expressions import Environment, ExpressionFailed, VariableMissing
from engine.workflow.expressions.closures import truth, variable
from engine.workflow.expressions.parser import Parser
from engine.workflow.expressions.signatures import Call
from engine.workflow.expressions.tokens import tokenize
from engine.workflow.expressions.values import equal, less

Value = Callable[[Environment], Any]
Test = Callable[[Any, Environment], bool | None]
"""Whether a value passes; None when that is neither true nor false, as a comparison with null is."""

INPUT = "?"
"""How a cell calls the input's value."""

_ABOVE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, bound: less("<", value, bound),
    ">": lambda value, bound: less(">", bound, value),
    "<=": lambda value, bound: not less("<=", bound, value),
    ">=": lambda value, bound: not less(">=", value, bound),
    "=": equal,
    "!=": lambda value, bound: not equal(value, bound),
}


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """A cell that has been read; call it with the input's value."""

    text: str
    test: Test
    calls: tuple[Call, ...] = ()
    has_condition: bool = False
    """Whether a condition stands in it that does not look at the input; next to true or false it could be a value."""

    def __call__(self, value: Any, environment: Environment) -> bool:
        """Whether the value passes. Raises ExpressionFailed."""
        return self.test(value, environment) is True


@lru_cache(maxsize=8192)
def parse_unary_tests(text: str) -> UnaryTests:
    """Read one input cell; an empty cell is the same as `-`. Raises ExpressionRefused."""
    if text.strip() in ("", "-"):
        return UnaryTests(text.strip(), lambda value, environment: True)
    reader = _CellReader(tokenize(text))
    test = reader.cell()
    if reader.mentions_input:
        test = _showing_input(test)
    return UnaryTests(text.strip(), test, tuple(dict.fromkeys(reader.calls)), reader.has_condition)


class _CellReader(Parser):
    """Adds FEEL's cells on top of the expression grammar."""

    has_condition = False
    mentions_input = False
    """Whether `?` stands anywhere in the cell."""
    _looks_at_input = False

    def cell(self) -> Test:
        """The whole cell and nothing after it."""
        test = self._negated() or self._any_of()
        if self.current.kind != "end":
            raise self.unexpected()
        return test

    def _negated(self) -> Test | None:
        """`not(...)` around all tests; nothing when it is only the beginning of a condition."""
        start, token = self._position, self.current
        if not (token.text == "not" and token.kind == "name" and self._following().text == "("):
            return None
        self._position += 2
        inner = self._any_of()
        self.expect(")")
        if self.current.kind != "end":
            self._position, self.has_condition = start, False
            return None
        return lambda value, environment: _opposite(inner(value, environment))

    def closes_range(self) -> bool:
        """`]1..5[`: a bracket with nothing behind it that it could index."""
        following = self._following()
        return self.current.text == "[" and (following.kind == "end" or following.text in (",", ")"))

    def _any_of(self) -> Test:
        tests = [self._one()]
        while self.take(","):
            tests.append(self._one())
        return lambda value, environment: _any(test(value, environment) for test in tests)

    def _one(self) -> Test:
        if sign := self.take("<", ">", "<=", ">=", "=", "!="):
            return _against(sign, self.sum())
        start = self._position
        if self.take("]", "[", "(") and (interval := self._interval(self._tokens[start].text)):
            return interval
        self._position = start
        self._looks_at_input = False
        value = self.expression()
        if self._looks_at_input:
            return _holds(value)
        if value in self.constants:
            return _same(value)
        is_condition = self.kinds.get(value) == "truth"
        self.has_condition = self.has_condition or is_condition
        return _true_or_same(value, is_condition)

    def _primary(self) -> Value:
        if self.take(INPUT):
            self._looks_at_input = self.mentions_input = True
            self._count()
            return lambda environment: variable(environment, INPUT)
        return super()._primary()

    def _interval(self, opening: str) -> Test | None:
        """The rest of a range; nothing when the bracket began a list or a group instead."""
        low = self.sum()
        if not self.take(".."):
            if opening == "]":
                raise self.unexpected()
            return None
        high = self.sum()
        closing = self.take("]", "[", ")")
        if closing is None:
            raise self.unexpected()
        above = _against(">=" if opening == "[" else ">", low)
        below = _against("<=" if closing == "]" else "<", high)
        return lambda value, environment: _both(above(value, environment), below(value, environment))


def _showing_input(test: Test) -> Test:
    def seeing(value: Any, environment: Environment) -> bool | None:
        seen = ChainMap({INPUT: value}, cast(Any, environment.variables))
        return test(value, Environment(seen, environment.functions, environment.now))

    return seeing


def _opposite(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _any(outcomes: Iterable[bool | None]) -> bool | None:
    """True as soon as one is; unknown when one of the others is."""
    result: bool | None = False
    for outcome in outcomes:
        if outcome:
            return True
        result = None if outcome is None else result
    return result


def _against(sign: str, bound: Value) -> Test:
    comparison = _ABOVE[sign]

    def test(value: Any, environment: Environment) -> bool | None:
        other = bound(environment)
        if sign not in ("=", "!=") and (value is None or other is None):
            return None
        return comparison(value, other)

    return test


def _holds(condition: Value) -> Test:
    """A condition on the input; what has no value with an empty input is neither true nor false."""

    def test(value: Any, environment: Environment) -> bool | None:
        try:
            return truth(INPUT, condition(environment))
        except VariableMissing:
            raise
        except ExpressionFailed:
            if value is None:
                return None
            raise

    return test


def _true_or_same(expression: Value, is_condition: bool) -> Test:
    """A condition on other variables holds, or a value is the input."""
    same = _same(expression)

    def test(value: Any, environment: Environment) -> bool | None:
        if is_condition and isinstance(value, bool):
            raise ExpressionFailed(
                "không rõ là điều kiện hay giá trị đúng/sai; hãy viết với dấu ?",
                "this may be a condition or a value to be equal to; write it with ?",
            )
        found = expression(environment)
        if isinstance(found, bool) and (is_condition or not (value is None or isinstance(value, bool | list))):
            return found
        return same(value, environment)

    return test


def _same(expected: Value) -> Test:
    """Equality; a list in the cell is a set of alternatives, a list as the input passes if it holds the value."""

    def test(value: Any, environment: Environment) -> bool:
        wanted = expected(environment)
        if isinstance(wanted, list) and not isinstance(value, list):
            return any(equal(value, each) for each in wanted)
        if isinstance(value, list) and not isinstance(wanted, list):
            return any(equal(each, wanted) for each in value)
        try:
            return equal(value, wanted)
        except TypeError as error:
            raise ExpressionFailed("không so sánh được", "the values cannot be compared") from error

    return test
