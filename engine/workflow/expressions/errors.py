"""Why an expression cannot be read, or has no value; in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A short explanation in Vietnamese and English, to be put into a refusal's sentence."""

    vi: str
    en: str

    def __str__(self) -> str:
        return self.en


class ExpressionProblem(Exception):
    """The base of both problems below; `reason` says what is wrong."""

    def __init__(self, vi: str, en: str) -> None:
        self.reason = Reason(vi, en)
        super().__init__(en)


class ExpressionRefused(ExpressionProblem):
    """The text is not in the language: wrong syntax, unknown sign, too long or too deep."""


class ExpressionFailed(ExpressionProblem):
    """The text is right but has no value here: wrong types, a bound exceeded, a function that failed."""


class VariableMissing(ExpressionFailed):
    """A name that neither the process, nor the facts know."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"chưa có biến “{name}”", f"there is no variable “{name}”")
