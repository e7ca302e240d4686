"""Cut the text of an expression into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engine.workflow.expressions.errors import ExpressionRefused

MAXIMUM_LENGTH = 2000
"""Characters in one expression; real ones have fewer than 200."""

TokenKind = Literal["number", "text", "name", "sign", "end"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.(?!\.)\d+)?)
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>===|!==|==|!=|<=|>=|&&|\|\||\.\.|[-+*/%<>!?:.,(){}\[\]=])
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, quoted text or sign, and the column (from 0) where it begins."""

    kind: TokenKind
    text: str
    column: int


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of `text`, closed by one of kind "end". Raises ExpressionRefused."""
    if len(text) > MAXIMUM_LENGTH:
        raise ExpressionRefused(
            f"biểu thức dài quá {MAXIMUM_LENGTH} ký tự", f"the expression is longer than {MAXIMUM_LENGTH} characters"
        )
    tokens: list[Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionRefused(
                f"không hiểu ký tự ở cột {position + 1}: {text[position : position + 12].strip()!r}",
                f"cannot read column {position + 1}: {text[position : position + 12].strip()!r}",
            )
        kind: TokenKind = match.lastgroup  # type: ignore[assignment]
        value = match.group(kind)
        if kind == "text":
            value = _ESCAPE.sub(lambda found: _ESCAPES.get(found.group(1), found.group(1)), value[1:-1])
        tokens.append(Token(kind, value, match.start(kind)))
        position = match.end()
    tokens.append(Token("end", "", end))
    return tuple(tokens)
