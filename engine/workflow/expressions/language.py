"""Read an expression into a tree of closures, and give its value in an environment.

The language never touches Python's own parser, attributes, imports or loops: what it cannot say, it cannot do.
It takes Camunda's writing (`${a && !b ? 1 : 2}`) as well as Python's (`1 if a and not b else 2`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from engine.workflow.expressions.errors import ExpressionFailed, ExpressionRefused
from engine.workflow.expressions.functions import text as as_text
from engine.workflow.expressions.parser import AFTER_A_VALUE, RESERVED, Parser
from engine.workflow.expressions.signatures import Call
from engine.workflow.expressions.tokens import MAXIMUM_LENGTH, Token, tokenize
from engine.workflow.expressions.values import MAXIMUM_TEXT, bounded, kind_en, kind_vi

Value = Callable[["Environment"], Any]

_ASSIGNMENT = re.compile(r"(?:(?:var|let|const|def|int|String)\s+)?(?P<name>[^\W\d]\w*)\s*=(?!=)(?P<value>.*)")
_STEP = re.compile(r"(?P<name>[^\W\d]\w*)\s*(?:(?P<sign>[-+*/])=(?P<value>.*)|(?P<twice>\+\+|--))")
"""`n += 2`, `n++`: other languages' way to write `n = n + 2`."""
_MAXIMUM_ASSIGNMENTS = 50


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression may see: variables (with the facts beneath them), functions, and the time of the step."""

    variables: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that has been read: its text, its calls, the variables it names, and how to get its value."""

    text: str
    calls: tuple[Call, ...]
    names: frozenset[str]
    is_literal: bool
    value: Value

    def __call__(self, environment: Environment) -> Any:
        """The value here. Raises ExpressionFailed."""
        return self.value(environment)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line `name = expression` of a script."""

    name: str
    expression: Expression


@lru_cache(maxsize=8192)
def parse_expression(text: str) -> Expression:
    """Read a bare expression, or one within `${...}` or `#{...}`, or behind a `=` (FEEL). Raises ExpressionRefused."""
    stripped = text.strip()
    is_feel = stripped[:1] == "=" and stripped[1:2] != "="
    if stripped[:2] in ("${", "#{") and stripped.endswith("}"):
        stripped = stripped[2:-1]
    elif is_feel:
        stripped = stripped[1:]
    if not stripped.strip():
        raise ExpressionRefused("biểu thức trống", "the expression is empty")
    tokens = tokenize(stripped)
    if is_feel and any(after.text == "[" and _ends_value(before) for before, after in pairwise(tokens)):
        raise ExpressionRefused(
            "FEEL đếm phần tử từ 1, ở đây đếm từ 0; hãy bỏ dấu = ở đầu",
            "FEEL counts items from 1, this language from 0; leave out the = in front",
        )
    parser = Parser(tokens)
    value = parser.whole_expression()
    return Expression(text.strip(), tuple(dict.fromkeys(parser.calls)), frozenset(parser.names), False, value)


def _ends_value(token: Token) -> bool:
    is_variable = token.kind == "name" and token.text not in AFTER_A_VALUE
    return is_variable or token.kind == "text" or token.text in (")", "]")


@lru_cache(maxsize=8192)
def parse_template(text: str) -> Expression:
    """Read a text in which `${...}` stands for values; a text that is one `${...}` alone keeps the value's own kind."""
    if len(text) > MAXIMUM_TEXT:
        raise ExpressionRefused(
            f"văn bản dài quá {MAXIMUM_TEXT} ký tự", f"the text is longer than {MAXIMUM_TEXT} characters"
        )
    pieces = _pieces(text)
    if not any(isinstance(piece, Expression) for piece in pieces):
        return Expression(text, (), frozenset(), True, lambda environment: text)
    expressions = [piece for piece in pieces if isinstance(piece, Expression)]
    calls = tuple(call for expression in expressions for call in expression.calls)
    names = frozenset().union(*(expression.names for expression in expressions))
    only = [piece for piece in pieces if isinstance(piece, Expression) or piece.strip()]
    if len(only) == 1:
        return replace(expressions[0], text=text.strip())

    def joined(environment: Environment) -> str:
        parts = [piece if isinstance(piece, str) else as_text(piece(environment)) for piece in pieces]
        return str(bounded("".join(parts)))

    return Expression(text, calls, names, False, joined)


def _pieces(text: str) -> list[str | Expression]:
    pieces: list[str | Expression] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        end = _closing_brace(text, start + 2)
        if start > position:
            pieces.append(text[position:start])
        pieces.append(parse_expression(text[start + 2 : end]))
        position = end + 1
    if position < len(text):
        pieces.append(text[position:])
    return pieces


def _closing_brace(text: str, position: int) -> int:
    quote, records = "", 0
    while position < len(text):
        letter = text[position]
        if quote and letter == "\\":
            position += 1
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "}" and not records:
            return position
        elif letter in "{}":
            records += 1 if letter == "{" else -1
        position += 1
    raise ExpressionRefused("thiếu dấu } đóng biểu thức", "the closing } of the expression is missing")


@lru_cache(maxsize=8192)
def parse_condition(text: str) -> Expression:
    """Read a condition; its value must turn out true or false. Raises ExpressionRefused."""
    expression = parse_expression(text)

    def truth(environment: Environment) -> bool:
        return as_condition(expression(environment))

    return replace(expression, value=truth)


def as_condition(value: Any) -> bool:
    """The value itself when it is true or false; anything else would hide a mistake and raises ExpressionFailed."""
    if isinstance(value, bool):
        return value
    raise ExpressionFailed(
        f"điều kiện phải cho kết quả đúng hoặc sai, không phải {kind_vi(value)}",
        f"a condition must give true or false, not {kind_en(value)}",
    )


@lru_cache(maxsize=1024)
def parse_script(script: str) -> tuple[Assignment, ...]:
    """Read a script task's lines `name = expression`; blank lines and lines beginning with # are left out."""
    if len(script) > MAXIMUM_LENGTH * 10:
        raise ExpressionRefused("kịch bản quá dài", "the script is too long")
    lines = [line for line in script.splitlines() if line.strip() and not line.strip().startswith("#")]
    if not lines or len(lines) > _MAXIMUM_ASSIGNMENTS:
        raise ExpressionRefused(
            f"kịch bản phải có từ 1 đến {_MAXIMUM_ASSIGNMENTS} dòng “tên = biểu thức”",
            f"a script has 1 to {_MAXIMUM_ASSIGNMENTS} lines “name = expression”",
        )
    return tuple(_assignment(line) for line in lines)


def parse_script_value(script: str) -> Expression:
    """Read a script whose value is wanted: one expression, and nothing that looks as if it set a variable."""
    text = script.strip().removesuffix(";").rstrip()
    if _STEP.fullmatch(text) or _ASSIGNMENT.fullmatch(text):
        raise ExpressionRefused(
            "kịch bản có biến kết quả phải là một biểu thức, không gán biến",
            "a script with a result variable is one expression and sets no variable itself",
        )
    return parse_expression(script)


def _assignment(line: str) -> Assignment:
    assignment = _read_assignment(line)
    if assignment.name in RESERVED or assignment.name.startswith("__"):
        raise ExpressionRefused(
            f"không được đặt tên biến là “{assignment.name}”", f"no variable may be called “{assignment.name}”"
        )
    return assignment


def _read_assignment(line: str) -> Assignment:
    text = line.strip().removesuffix(";").rstrip()
    if (step := _STEP.fullmatch(text)) is not None:
        name, sign = step["name"], step["sign"] or step["twice"][0]
        return Assignment(name, parse_expression(f"{name} {sign} ({step['value'] or 1})"))
    match = _ASSIGNMENT.fullmatch(text)
    if match is None or any(token.text == "=" and token.kind == "sign" for token in tokenize(match["value"])):
        raise ExpressionRefused(
            f"dòng kịch bản phải có dạng “tên = biểu thức”: {line.strip()[:60]}",
            f"a script line must read “name = expression”: {line.strip()[:60]}",
        )
    return Assignment(match["name"], parse_expression(match["value"]))
