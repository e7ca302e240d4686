"""FEEL unary tests: what may stand in a decision table's input cell.

`-` · `5` · `"a", "b"` · `> 3` · `[1..5]` `]1..5[` `(1..5)` · `not("a")` · `true` · `null` · `date("2026-01-01")`, alone
or in a range, and expressions of the small language. Ranges of texts and of dates work as those of numbers. Nothing but
`null` and `-` matches an empty input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.workflow.expressions import Environment, ExpressionFailed
from engine.workflow.expressions.parser import Parser
from engine.workflow.expressions.tokens import tokenize
from engine.workflow.expressions.values import equal, less

Test = Callable[[Any, Environment], bool]

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
    functions: frozenset[str]

    def __call__(self, value: Any, environment: Environment) -> bool:
        """Whether the value passes. Raises ExpressionFailed."""
        return self.test(value, environment)


@lru_cache(maxsize=8192)
def parse_unary_tests(text: str) -> UnaryTests:
    """Read one input cell; an empty cell is the same as `-`. Raises ExpressionRefused."""
    if text.strip() in ("", "-"):
        return UnaryTests(text.strip(), lambda value, environment: True, frozenset())
    reader = _CellReader(tokenize(text))
    test = reader.cell()
    return UnaryTests(text.strip(), test, frozenset(reader.functions))


class _CellReader(Parser):
    """Adds FEEL's cells on top of the expression grammar."""

    def cell(self) -> Test:
        """The whole cell and nothing after it."""
        following = self._tokens[min(self._position + 1, len(self._tokens) - 1)]
        if self.current.text == "not" and self.current.kind == "name" and following.text == "(":
            self._position += 2
            inner = self._any_of()
            self.expect(")")
            test: Test = lambda value, environment: not inner(value, environment)  # noqa: E731
        else:
            test = self._any_of()
        if self.current.kind != "end":
            raise self.unexpected()
        return test

    def closes_range(self) -> bool:
        """`]1..5[`: a bracket with nothing behind it that it could index."""
        following = self._tokens[min(self._position + 1, len(self._tokens) - 1)]
        return self.current.text == "[" and (following.kind == "end" or following.text in (",", ")"))

    def _any_of(self) -> Test:
        tests = [self._one()]
        while self.take(","):
            tests.append(self._one())
        return lambda value, environment: any(test(value, environment) for test in tests)

    def _one(self) -> Test:
        if sign := self.take("<", ">", "<=", ">=", "=", "!="):
            return _against(sign, self.sum())
        start = self._position
        if self.take("]", "[", "(") and (interval := self._interval(self._tokens[start].text)):
            return interval
        self._position = start
        return _same(self.expression())

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
        return lambda value, environment: above(value, environment) and below(value, environment)


def _against(sign: str, bound: Callable[[Environment], Any]) -> Test:
    comparison = _ABOVE[sign]

    def test(value: Any, environment: Environment) -> bool:
        other = bound(environment)
        if sign not in ("=", "!=") and (value is None or other is None):
            return False
        return comparison(value, other)

    return test


def _same(expected: Callable[[Environment], Any]) -> Test:
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
