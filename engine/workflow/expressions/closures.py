"""The closures that an expression is made of: each takes an environment and gives a value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.refusals import Refusal
from engine.workflow.expressions.errors import ExpressionFailed, ExpressionProblem, ExpressionRefused, VariableMissing
from engine.workflow.expressions.functions import BUILT_IN
from engine.workflow.expressions.values import bounded, item_of, kind_en, kind_vi, negate

if TYPE_CHECKING:
    from engine.workflow.expressions.language import Environment, Value


def constant(value: Any) -> Value:
    """Always this value."""
    return lambda environment: value


def number_of(text: str) -> int | Decimal:
    """The number that digits mean: whole, or an exact decimal."""
    if len(text) > 60:
        raise ExpressionRefused("số quá dài", "the number is too long")
    return Decimal(text) if "." in text else int(text)


def truth(sign: str, value: Any) -> bool:
    """True or false, and nothing else."""
    if isinstance(value, bool):
        return value
    raise ExpressionFailed(
        f"“{sign}” chỉ dùng cho giá trị đúng/sai, không phải {kind_vi(value)}",
        f"“{sign}” takes true or false, not {kind_en(value)}",
    )


def negated(value: Value) -> Value:
    """The other sign."""
    return lambda environment: negate(value(environment))


def inverted(value: Value, turns: int) -> Value:
    """Turned true or false so many times."""
    return lambda environment: truth("not", value(environment)) is (turns % 2 == 0)


def choice(condition: Value, chosen: Value, otherwise: Value) -> Value:
    """One of two, by a condition; the other is not looked at."""
    return lambda environment: (chosen if truth("?", condition(environment)) else otherwise)(environment)


def logical(sign: str, decisive: bool, operands: list[Value]) -> Value:
    """`and` (False decides) or `or` (True decides), looking no further than needed."""

    def value(environment: Environment) -> bool:
        for operand in operands:
            if truth(sign, operand(environment)) is decisive:
                return decisive
        return not decisive

    return value


def compared(first: Value, rest: list[tuple[Callable[[Any, Any], bool], Value]]) -> Value:
    """A chain of comparisons, each with what stands before it."""

    def value(environment: Environment) -> bool:
        left = first(environment)
        for comparison, operand in rest:
            right = operand(environment)
            if not comparison(left, right):
                return False
            left = right
        return True

    return value


def binary(operation: Callable[[Any, Any], Any], left: Value, right: Value) -> Value:
    """An operation on two values."""
    return lambda environment: operation(left(environment), right(environment))


def item_at(container: Value, key: Value) -> Value:
    """An item of a record or list."""
    return lambda environment: item_of(container(environment), key(environment))


def variable(environment: Environment, name: str) -> Any:
    """The value of a name."""
    try:
        return environment.variables[name]
    except KeyError:
        raise VariableMissing(name) from None


WRONG_ARGUMENTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a function of the surroundings raises for what the expression gave it; anything else is its own failure."""


def call(name: str, arguments: list[Value]) -> Value:
    """A function's value; the surroundings' functions come before the built-in ones."""

    def value(environment: Environment) -> Any:
        function = environment.functions.get(name) or BUILT_IN.get(name)
        if function is None:
            raise ExpressionFailed(f"không có hàm “{name}”", f"there is no function “{name}”")
        given = [argument(environment) for argument in arguments]
        try:
            return bounded(function(*given))
        except (ExpressionProblem, Refusal):
            raise
        except Exception as error:
            if name in environment.functions and not isinstance(error, WRONG_ARGUMENTS):
                raise  # A lost database is no mistake in the diagram: the step may be taken again as it is.
            raise ExpressionFailed(f"hàm {name}() lỗi: {error}", f"the function {name}() failed: {error}") from error

    return value


def _only(name: str, count: int, arguments: list[Value]) -> list[Value]:
    if len(arguments) != count:
        raise ExpressionRefused(f"hàm {name}() cần {count} đối số", f"{name}() takes {count} arguments")
    return arguments


def _defined(arguments: list[Value]) -> Value:
    (argument,) = _only("defined", 1, arguments)

    def value(environment: Environment) -> bool:
        try:
            return argument(environment) is not None
        except VariableMissing:
            return False

    return value


def _default(arguments: list[Value]) -> Value:
    argument, otherwise = _only("default", 2, arguments)

    def value(environment: Environment) -> Any:
        try:
            found = argument(environment)
        except VariableMissing:
            found = None
        return otherwise(environment) if found is None else found

    return value


def _now(arguments: list[Value]) -> Value:
    _only("now", 0, arguments)
    return _moment


def _today(arguments: list[Value]) -> Value:
    _only("today", 0, arguments)
    return lambda environment: _moment(environment).date()


def _moment(environment: Environment) -> Any:
    if environment.now is None:
        raise ExpressionFailed("ở đây không biết thời điểm hiện tại", "the time is not known here")
    return environment.now


SPECIAL_FORMS: dict[str, Callable[[list[Value]], Value]] = {
    "defined": _defined,
    "default": _default,
    "now": _now,
    "today": _today,
}
"""Calls whose arguments are not simply evaluated, or that need the step's time."""
