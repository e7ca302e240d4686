"""The grammar: from tokens to closures, lowest binding first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from engine.workflow.expressions.closures import (
    SPECIAL_FORMS,
    binary,
    call,
    choice,
    compared,
    constant,
    inverted,
    item_at,
    logical,
    negated,
    number_of,
    variable,
)
from engine.workflow.expressions.errors import ExpressionRefused
from engine.workflow.expressions.functions import METHODS
from engine.workflow.expressions.signatures import SIGNATURES, Call
from engine.workflow.expressions.tokens import Token
from engine.workflow.expressions.values import (
    Kind,
    add,
    bounded,
    contains,
    divide,
    kind_of,
    less,
    multiply,
    remainder,
    same,
    subtract,
)

if TYPE_CHECKING:
    from engine.workflow.expressions.language import Value

MAXIMUM_DEPTH = 30
MAXIMUM_NODES = 300

_CONSTANTS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
RESERVED = {"and", "or", "not", "in", "if", "else", *_CONSTANTS}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: same("==", left, right),
    "!=": lambda left, right: not same("!=", left, right),
    "<": lambda left, right: less("<", left, right),
    ">": lambda left, right: less(">", right, left),
    "<=": lambda left, right: not less("<=", right, left),
    ">=": lambda left, right: not less(">=", left, right),
    "in": lambda left, right: contains(right, left),
    "not in": lambda left, right: not contains(right, left),
}
_SPELLINGS = {
    "=": "==", "===": "==", "!==": "!=", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
"""How other languages write the comparisons."""
AFTER_A_VALUE = {"and", "or", "not", "in", "if", "else", "then", "div", "mod", *_SPELLINGS}
"""Words that may come after a value; before one, `empty` is an operator and not a name."""
_SUMS = {"+": add, "-": subtract}
_SPECIAL_KINDS: Mapping[str, Kind] = {"defined": "truth", "now": "date", "today": "date"}
_PRODUCTS = {"*": multiply, "/": divide, "%": remainder, "div": divide, "mod": remainder}


class Parser:
    """Reads one sequence of tokens; `calls` and `names` gather what the expression mentions."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self._nodes = 0
        self.names: set[str] = set()
        self.calls: list[Call] = []
        self.kinds: dict[Value, Kind] = {}
        """The kinds of those values that are known before anything is evaluated."""
        self.constants: dict[Value, Any] = {}
        """The values that stand in the text."""

    # -- tokens -------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Token:
        """The token that is read next."""
        return self._tokens[self._position]

    def _following(self) -> Token:
        """The token after that."""
        return self._tokens[min(self._position + 1, len(self._tokens) - 1)]

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

    def _go_deeper(self) -> None:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise ExpressionRefused("biểu thức lồng nhau quá sâu", "the expression is nested too deeply")

    # -- grammar ------------------------------------------------------------------------------------------------

    def whole_expression(self) -> Value:
        """One expression and nothing after it."""
        value = self.expression()
        if self.current.kind != "end":
            raise self.unexpected()
        return value

    def expression(self) -> Value:
        """`a ? b : c`, `b if a else c`, `if a then b else c`, or anything that binds closer."""
        self._go_deeper()
        if self.take("if"):
            value = self._if_then_else()
            self._depth -= 1
            return value
        value = self._either()
        if self.take("?"):
            chosen = self.expression()
            self.expect(":")
            value = choice(value, chosen, self.expression())
        elif self.take("if"):
            condition = self._either()
            self.expect("else")
            value = choice(condition, value, self.expression())
        self._depth -= 1
        return value

    def _if_then_else(self) -> Value:
        condition = self.expression()
        self.expect("then")
        chosen = self.expression()
        self.expect("else")
        return choice(condition, chosen, self.expression())

    def _either(self) -> Value:
        operands = [self._both()]
        while self.take("or", "||"):
            operands.append(self._both())
        return operands[0] if len(operands) == 1 else self._of_kind("truth", logical("or", True, operands))

    def _both(self) -> Value:
        operands = [self._negation()]
        while self.take("and", "&&"):
            operands.append(self._negation())
        return operands[0] if len(operands) == 1 else self._of_kind("truth", logical("and", False, operands))

    def _negation(self) -> Value:
        turns = 0
        while self.take("not"):
            self._count()
            turns += 1
        value = self._comparison()
        return self._of_kind("truth", inverted(value, turns)) if turns else value

    def _comparison(self) -> Value:
        first = self.sum()
        rest: list[tuple[Callable[[Any, Any], bool], Value]] = []
        while sign := self._comparison_sign():
            rest.append((_COMPARISONS[sign], self.sum()))
        if not rest:
            return first
        return self._of_kind("truth", compared(first, rest))

    def _comparison_sign(self) -> str | None:
        if sign := self.take("==", "!=", "<", "<=", ">", ">=", "in", *_SPELLINGS):
            return _SPELLINGS.get(sign, sign)
        following = self._following()
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
            value = binary(signs[sign], value, operand())
            if signs is _PRODUCTS:
                self.kinds[value] = "number"
        return value

    def _signed(self) -> Value:
        signs: list[str] = []
        while sign := self.take("-", "+", "!"):
            self._count()
            signs.append(sign)
        value = self._with_items()
        if "!" not in signs:
            return self._of_kind(self.kinds.get(value), negated(value)) if signs.count("-") % 2 else value
        if set(signs) != {"!"}:
            raise self.unexpected()
        return self._of_kind("truth", inverted(value, len(signs)))

    def _with_items(self) -> Value:
        value = self._primary()
        while True:
            if self.take("."):
                token = self.current
                if token.kind != "name":
                    raise self.unexpected()
                self._position += 1
                self._count()
                if token.text in METHODS and self.take("("):
                    value = self._call(METHODS[token.text], [value, *self._until(")")])
                else:
                    value = item_at(value, constant(token.text))
            elif not self.closes_range() and self.take("["):
                key = self.expression()
                self.expect("]")
                self._count()
                value = item_at(value, key)
            else:
                return value

    def closes_range(self) -> bool:
        """Whether the bracket that comes next ends a range; never in a plain expression."""
        return False

    def _is_emptiness(self) -> bool:
        """Whether the word `empty` stands before a value, as in `empty list` or `empty(list)`."""
        following = self._following()
        starts_value = following.kind in ("name", "text") and following.text not in AFTER_A_VALUE
        return self.current.text == "empty" and (starts_value or following.text == "(")

    def _primary(self) -> Value:
        self._count()
        token = self.current
        if token.kind == "name" and self._is_emptiness():
            self._position += 1
            self._go_deeper()
            value = self._call("empty", [self._with_items()])
            self._depth -= 1
            return value
        if token.kind in ("number", "text"):
            self._position += 1
            return self._constant(token.text if token.kind == "text" else number_of(token.text))
        if self.take("("):
            value = self.expression()
            self.expect(")")
            return value
        if self.take("["):
            items = self._until("]")
            return self._of_kind("list", lambda environment: bounded([item(environment) for item in items]))
        if self.take("{"):
            return self._of_kind("record", self._record())
        if token.kind == "name" and (token.text not in RESERVED or token.text in _CONSTANTS):
            self._position += 1
            return self._named(token.text)
        raise self.unexpected()

    def _record(self) -> Value:
        """`"name": value` as often as one likes, up to the closing brace."""
        entries: dict[str, Value] = {}
        while not self.take("}"):
            if entries:
                self.expect(",")
            token = self.current
            if token.kind != "text" or token.text in entries:
                raise self.unexpected()
            self._position += 1
            self.expect(":")
            entries[token.text] = self.expression()
        return lambda environment: bounded({name: entry(environment) for name, entry in entries.items()})

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
            return self._constant(_CONSTANTS[name])
        if name.startswith("__"):
            raise ExpressionRefused(f"không được dùng tên “{name}”", f"the name “{name}” may not be used")
        if not self.take("("):
            self.names.add(name)
            return lambda environment: variable(environment, name)
        arguments = self._until(")")
        if name in SPECIAL_FORMS:
            return self._of_kind(_SPECIAL_KINDS.get(name), SPECIAL_FORMS[name](arguments))
        return self._call(name, arguments)

    # -- what is known before anything is evaluated --------------------------------------------------------------

    def _of_kind(self, kind: Kind | None, value: Value) -> Value:
        if kind is not None:
            self.kinds[value] = kind
        return value

    def _constant(self, value: Any) -> Value:
        made = self._of_kind(kind_of(value), constant(value))
        self.constants[made] = value
        return made

    def _call(self, name: str, arguments: list[Value]) -> Value:
        kinds = tuple(self.kinds.get(argument) for argument in arguments)
        known = all(argument in self.constants for argument in arguments)
        constants = tuple(self.constants[argument] for argument in arguments) if known else None
        self.calls.append(Call(name, kinds, constants))
        signature = SIGNATURES.get(name)
        return self._of_kind(signature.gives if signature else None, call(name, arguments))
