"""Expressions: no prose where a process is to be executed, and never empty ones where an expression is required.

An expression without `xsi:type` is valid: the schema's tExpression is not abstract, and every engine reads it like a
formal one. Only what is plainly a sentence cannot be executed, whatever the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.workflow.reading.standard.model import XSI_TYPE, Element, Model, has_foreign, kind, text
from engine.workflow.reading.standard.rules import Violation, rule

_EITHER: Final = {
    "activationCondition": ("complexGateway",),
    "completionCondition": ("adHocSubProcess", "multiInstanceLoopCharacteristics"),
    "condition": ("conditionalEventDefinition",),
    "conditionExpression": ("sequenceFlow",),
    "from": ("assignment",),
    "loopCardinality": ("multiInstanceLoopCharacteristics",),
    "loopCondition": ("standardLoopCharacteristics",),
    "timeCycle": ("timerEventDefinition",),
    "timeDate": ("timerEventDefinition",),
    "timeDuration": ("timerEventDefinition",),
    "to": ("assignment",),
}
"""Where an expression may be formal or in natural language: the element, and what it stands in."""

_ALWAYS_FORMAL: Final = {
    "condition": ("complexBehaviorDefinition",),
    "dataPath": ("correlationPropertyBinding",),
    "messagePath": ("correlationPropertyRetrievalExpression",),
    "transformation": ("dataInputAssociation", "dataOutputAssociation", "dataAssociation"),
}
"""Where the schema allows only formal expressions."""


def _expressions(model: Model, places: dict[str, tuple[str, ...]]) -> Iterator[Element]:
    for expression in model.of(*places):
        if kind(expression.getparent()) in places[kind(expression)] and not has_foreign(expression):
            yield expression


def _is_executed(model: Model, expression: Element) -> bool:
    """Whether an expression belongs to an executable process that no engine's own conventions hold for."""
    return model.is_executable(expression) and not model.is_for_an_engine


_SENTENCE: Final = re.compile(r"[^\W\d_]+(,? [^\W\d_]+){2,}[.!?]?")
"""At least three plain words and no sign of an operator, a name with a dot, a call or a number."""
_OPERATORS: Final = re.compile(
    r"\b(and|or|not|xor|in|is|if|then|else|some|every|satisfies|between|instance|of|new|instanceof|typeof|function"
    r"|return|empty|eq|ne|lt|gt|le|ge|div|mod|union|intersect|except|to|for|true|false|null)\b",
    re.IGNORECASE,
)
"""Words of FEEL, JUEL, XPath, Groovy and JavaScript: with one of them a row of words may be an expression."""


def _is_sentence(expression: Element) -> bool:
    words = " ".join(text(expression).split())
    return _SENTENCE.fullmatch(words) is not None and _OPERATORS.search(words) is None


def _is_formal(expression: Element) -> bool:
    return expression.get(XSI_TYPE, "").rpartition(":")[2].strip() == "tFormalExpression"


@rule(
    "executable-expression",
    "Biểu thức trong quy trình chạy được là một câu văn, không máy nào tính được ({detail}).",
    "An expression of an executable process is a sentence, which nothing can evaluate ({detail}).",
    'Viết thành biểu thức, hoặc bỏ isExecutable="true".',
    'Write it as an expression, or remove isExecutable="true".',
)
def executable_expression(model: Model) -> Iterator[Violation]:
    """What is written in natural language cannot be executed; what says that it is formal is taken at its word.

    In FEEL a name may consist of several words, so there no row of words is surely a sentence.
    """
    if "feel" in model.root.get("expressionLanguage", "").lower():
        return
    for expression in _expressions(model, _EITHER):
        if not _is_formal(expression) and _is_executed(model, expression) and _is_sentence(expression):
            yield expression.getparent(), f"{kind(expression)}: {text(expression)[:60]}"  # type: ignore[misc]


@rule(
    "expression-empty",
    "Biểu thức hình thức không có nội dung ({detail}).",
    "A formal expression says nothing ({detail}).",
    "Viết biểu thức, hoặc bỏ phần tử này.",
    "Write the expression, or remove the element.",
)
def expression_empty(model: Model) -> Iterator[Violation]:
    """A formal expression has a body; what a tool left empty in a drawing is left alone."""
    empty = [each for each in _expressions(model, _ALWAYS_FORMAL) if not text(each)]
    for expression in _expressions(model, _EITHER):
        if not text(expression) and _is_formal(expression) and _is_executed(model, expression):
            empty.append(expression)
    for expression in empty:
        yield expression.getparent(), kind(expression)  # type: ignore[misc]
