"""The grammar: from tokens to closures, lowest binding first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.refusals import Refusal
from engine.workflow.expressions.errors import ExpressionFailed, ExpressionProblem, ExpressionRefused, VariableMissing
from engine.workflow.expressions.functions import BUILT_IN
from engine.workflow.expressions.tokens import Token
from engine.workflow.expressions.values import (
    add,
    bounded,
    contains,
    divide,
    equal,
    item_of,
    kind_en,
    kind_vi,
    less,
    multiply,
    negate,
    remainder,
    subtract,
)

if TYPE_CHECKING:
    from engine.workflow.expressions.language import Environment, Value

MAXIMUM_DEPTH = 30
MAXIMUM_NODES = 300

_CONSTANTS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_RESERVED = {"and", "or", "not", "in", "if", "else", *_CONSTANTS}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: less("<", left, right),
    ">": lambda left, right: less(">", right, left),
    "<=": lambda left, right: not less("<=", right, left),
    ">=": lambda left, right: not less(">=", left, right),
    "in": lambda left, right: contains(right, left),
    "not in": lambda left, right: not contains(right, left),
}
_SUMS = {"+": add, "-": subtract}
_PRODUCTS = {"*": multiply, "/": divide, "%": remainder}


class Parser:
    """Reads one sequence of tokens; `functions` and `names` gather what the expression mentions."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self._nodes = 0
        self.functions: set[str] = set()
        self.names: set[str] = set()

    # -- tokens -------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Token:
        """The token that is read next."""
        return self._tokens[self._position]

    def take(self, *signs: str) -> str | None:
        """Step over one of these signs or words if it comes next, and say which."""
        token = self.current
        if token.kind in ("sign", "name") and token.text in signs:
            self._position += 1
            return token.text
        return None

    def expect(self, sign: str) -> None:
        """Step over this sign, which must come next."""
        if not self.take(sign):
            raise self.unexpected()

    def unexpected(self) -> ExpressionRefused:
        """The refusal of the token that comes next."""
        token = self.current
        if token.kind == "end":
            return ExpressionRefused("biểu thức kết thúc dở dang", "the expression ends too early")
        return ExpressionRefused(
            f"không mong đợi “{token.text}” ở cột {token.column + 1}",
            f"unexpected “{token.text}” in column {token.column + 1}",
        )

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAXIMUM_NODES:
            raise ExpressionRefused("biểu thức quá phức tạp", "the expression has too many parts")

    # -- grammar ------------------------------------------------------------------------------------------------

    def whole_expression(self) -> Value:
        """One expression and nothing after it."""
        value = self.expression()
        if self.current.kind != "end":
            raise self.unexpected()
        return value

    def expression(self) -> Value:
        """`a ? b : c`, `b if a else c`, `if a then b else c`, or anything that binds closer."""
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise ExpressionRefused("biểu thức lồng nhau quá sâu", "the expression is nested too deeply")
        if self.take("if"):
            value = self._if_then_else()
            self._depth -= 1
            return value
        value = self._either()
        if self.take("?"):
            chosen = self.expression()
            self.expect(":")
            value = _choice(value, chosen, self.expression())
        elif self.take("if"):
            condition = self._either()
            self.expect("else")
            value = _choice(condition, value, self.expression())
        self._depth -= 1
        return value

    def _if_then_else(self) -> Value:
        condition = self.expression()
        self.expect("then")
        chosen = self.expression()
        self.expect("else")
        return _choice(condition, chosen, self.expression())

    def _either(self) -> Value:
        operands = [self._both()]
        while self.take("or", "||"):
            operands.append(self._both())
        return operands[0] if len(operands) == 1 else _logical("or", True, operands)

    def _both(self) -> Value:
        operands = [self._negation()]
        while self.take("and", "&&"):
            operands.append(self._negation())
        return operands[0] if len(operands) == 1 else _logical("and", False, operands)

    def _negation(self) -> Value:
        turns = 0
        while self.take("not"):
            self._count()
            turns += 1
        value = self._comparison()
        return _inverted(value, turns) if turns else value

    def _comparison(self) -> Value:
        first = self.sum()
        rest: list[tuple[Callable[[Any, Any], bool], Value]] = []
        while sign := self._comparison_sign():
            rest.append((_COMPARISONS[sign], self.sum()))
        if not rest:
            return first
        return _compared(first, rest)

    def _comparison_sign(self) -> str | None:
        if sign := self.take("==", "!=", "<", "<=", ">", ">=", "in"):
            return sign
        following = self._tokens[min(self._position + 1, len(self._tokens) - 1)]
        if self.current.text == "not" and self.current.kind == "name" and following.text == "in":
            self._position += 2
            return "not in"
        return None

    def sum(self) -> Value:
        """Sums and everything that binds closer; what a comparison's sides are made of."""
        return self._chain(self._product, _SUMS)

    def _product(self) -> Value:
        return self._chain(self._signed, _PRODUCTS)

    def _chain(self, operand: Callable[[], Value], signs: Mapping[str, Callable[[Any, Any], Any]]) -> Value:
        value = operand()
        while sign := self.take(*signs):
            self._count()
            value = _binary(signs[sign], value, operand())
        return value

    def _signed(self) -> Value:
        signs: list[str] = []
        while sign := self.take("-", "+", "!"):
            self._count()
            signs.append(sign)
        value = self._with_items()
        if "!" not in signs:
            return _negated(value) if signs.count("-") % 2 else value
        if set(signs) != {"!"}:
            raise self.unexpected()
        return _inverted(value, len(signs))

    def _with_items(self) -> Value:
        value = self._primary()
        while True:
            if self.take("."):
                token = self.current
                if token.kind != "name":
                    raise self.unexpected()
                self._position += 1
                self._count()
                value = _item(value, _constant(token.text))
            elif not self.closes_range() and self.take("["):
                key = self.expression()
                self.expect("]")
                self._count()
                value = _item(value, key)
            else:
                return value

    def closes_range(self) -> bool:
        """Whether the bracket that comes next ends a range; never in a plain expression."""
        return False

    def _primary(self) -> Value:
        self._count()
        token = self.current
        if token.kind in ("number", "text"):
            self._position += 1
            return _constant(token.text if token.kind == "text" else _number(token.text))
        if self.take("("):
            value = self.expression()
            self.expect(")")
            return value
        if self.take("["):
            items = self._until("]")
            return lambda environment: [item(environment) for item in items]
        if token.kind == "name" and (token.text not in _RESERVED or token.text in _CONSTANTS):
            self._position += 1
            return self._named(token.text)
        raise self.unexpected()

    def _until(self, closing: str) -> list[Value]:
        values: list[Value] = []
        if self.take(closing):
            return values
        values.append(self.expression())
        while self.take(","):
            values.append(self.expression())
        self.expect(closing)
        return values

    def _named(self, name: str) -> Value:
        if name in _CONSTANTS:
            return _constant(_CONSTANTS[name])
        if name.startswith("__"):
            raise ExpressionRefused(f"không được dùng tên “{name}”", f"the name “{name}” may not be used")
        if not self.take("("):
            self.names.add(name)
            return lambda environment: _variable(environment, name)
        arguments = self._until(")")
        if name in _SPECIAL:
            return _SPECIAL[name](arguments)
        self.functions.add(name)
        return _call(name, arguments)


# -- closures ---------------------------------------------------------------------------------------------------------


def _constant(value: Any) -> Value:
    return lambda environment: value


def _number(text: str) -> int | Decimal:
    if len(text) > 60:
        raise ExpressionRefused("số quá dài", "the number is too long")
    return Decimal(text) if "." in text else int(text)


def _truth(sign: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ExpressionFailed(
        f"“{sign}” chỉ dùng cho giá trị đúng/sai, không phải {kind_vi(value)}",
        f"“{sign}” takes true or false, not {kind_en(value)}",
    )


def _negated(value: Value) -> Value:
    return lambda environment: negate(value(environment))


def _inverted(value: Value, turns: int) -> Value:
    return lambda environment: _truth("not", value(environment)) is (turns % 2 == 0)


def _choice(condition: Value, chosen: Value, otherwise: Value) -> Value:
    return lambda environment: (chosen if _truth("?", condition(environment)) else otherwise)(environment)


def _logical(sign: str, decisive: bool, operands: list[Value]) -> Value:
    def value(environment: Environment) -> bool:
        for operand in operands:
            if _truth(sign, operand(environment)) is decisive:
                return decisive
        return not decisive

    return value


def _compared(first: Value, rest: list[tuple[Callable[[Any, Any], bool], Value]]) -> Value:
    def value(environment: Environment) -> bool:
        left = first(environment)
        for comparison, operand in rest:
            right = operand(environment)
            if not comparison(left, right):
                return False
            left = right
        return True

    return value


def _binary(operation: Callable[[Any, Any], Any], left: Value, right: Value) -> Value:
    return lambda environment: operation(left(environment), right(environment))


def _item(container: Value, key: Value) -> Value:
    return lambda environment: item_of(container(environment), key(environment))


def _variable(environment: Environment, name: str) -> Any:
    try:
        return environment.variables[name]
    except KeyError:
        raise VariableMissing(name) from None


def _call(name: str, arguments: list[Value]) -> Value:
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


_SPECIAL: dict[str, Callable[[list[Value]], Value]] = {
    "defined": _defined,
    "default": _default,
    "now": _now,
    "today": _today,
}
