"""How many arguments each built-in function takes, and of what kinds: a wrong call is found before it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.workflow.expressions.errors import ExpressionProblem, Misuse, Reason
from engine.workflow.expressions.functions import BUILT_IN
from engine.workflow.expressions.values import KIND_WORDS, Kind

Kinds = frozenset[Kind]

_ANY = frozenset(KIND_WORDS)
_NUMBER: Kinds = frozenset({"number"})
_TEXT: Kinds = frozenset({"text"})
_LIST: Kinds = frozenset({"list"})
_NUMBER_OR_TEXT: Kinds = _NUMBER | _TEXT
_WITH_LENGTH: Kinds = frozenset({"text", "list", "record"})
_DAY: Kinds = frozenset({"text", "date"})
_PLAIN: Kinds = frozenset({"truth", "number", "text", "date", "null"})


@dataclass(frozen=True, slots=True)
class Signature:
    """The ways in which a function may be called, and the kind of its value where that is always the same.

    A parameter that takes what has no known kind takes anything.
    """

    gives: Kind | None
    ways: tuple[tuple[frozenset[Kind | None], ...], ...]
    rest: frozenset[Kind | None] | None = None
    """Set when any number of arguments of these kinds, two or more, may be given instead."""

    def accepts_count(self, count: int) -> bool:
        """Whether it may be called with so many arguments."""
        return any(len(way) == count for way in self.ways) or (self.rest is not None and count > 1)

    def parameters(self, count: int) -> tuple[frozenset[Kind | None], ...]:
        """The kinds that each of so many arguments may be of."""
        return next((way for way in self.ways if len(way) == count), (self.rest or _ANY,) * count)


def _taking(gives: Kind | None, *parameters: frozenset[Kind | None] | Kinds) -> Signature:
    return Signature(gives, (tuple(frozenset(each) for each in parameters),))


SIGNATURES: Mapping[str, Signature] = {
    "abs": _taking("number", _NUMBER),
    "append": _taking("list", _LIST, _ANY),
    "ceil": _taking("number", _NUMBER),
    "contains": _taking("truth", _WITH_LENGTH, _ANY),
    "date": Signature("date", ((frozenset(_DAY),), (frozenset(_NUMBER),) * 3)),
    "datetime": _taking("date", _DAY),
    "days": _taking("duration", _NUMBER),
    "empty": _taking("truth", _WITH_LENGTH | {"null"}),
    "ends_with": _taking("truth", _TEXT, _TEXT),
    "equal": _taking("truth", _ANY, _ANY),
    "floor": _taking("number", _NUMBER),
    "hours": _taking("duration", _NUMBER),
    "int": _taking("number", _NUMBER_OR_TEXT),
    "len": _taking("number", _WITH_LENGTH),
    "lower": _taking("text", _TEXT),
    "max": Signature(None, ((frozenset(_LIST),),), _ANY),
    "min": Signature(None, ((frozenset(_LIST),),), _ANY),
    "minutes": _taking("duration", _NUMBER),
    "number": _taking("number", _NUMBER_OR_TEXT),
    "round": Signature("number", ((frozenset(_NUMBER),), (frozenset(_NUMBER),) * 2)),
    "starts_with": _taking("truth", _TEXT, _TEXT),
    "str": _taking("text", _PLAIN),
    "sum": Signature("number", ((), (frozenset(_LIST),)), frozenset(_NUMBER)),
    "upper": _taking("text", _TEXT),
}
"""By the name of the function, as in BUILT_IN."""


def misuse(name: str, kinds: Sequence[Kind | None], constants: Sequence[object] | None) -> Reason | None:
    """What is wrong with a call, from what is known of its arguments before it is made; nothing if it may be right.

    `kinds` are those of the arguments, None where they depend on variables; `constants` the arguments themselves when
    all of them stand in the text.
    """
    signature = SIGNATURES[name]
    if not signature.accepts_count(len(kinds)):
        return Reason(
            f"hàm {name}() không nhận {len(kinds)} đối số",
            f"{name}() does not take {len(kinds)} argument{'s' if len(kinds) != 1 else ''}",
        )
    for kind, takes in zip(kinds, signature.parameters(len(kinds)), strict=True):
        if kind not in takes and kind is not None:
            vi, en = KIND_WORDS[kind]
            return Reason(f"hàm {name}() không nhận {vi}", f"{name}() does not take {en}")
    return _failure(name, constants) if constants is not None else None


def _failure(name: str, constants: Sequence[object]) -> Reason | None:
    """Why a call whose arguments never change always fails."""
    try:
        BUILT_IN[name](*constants)
    except ExpressionProblem as problem:
        return problem.reason
    return None


class Calling(Protocol):
    """What has been read and calls functions: an expression, a cell of a decision table."""

    @property
    def functions(self) -> frozenset[str]:
        """The names of the functions that it calls."""

    @property
    def misuses(self) -> tuple[Misuse, ...]:
        """The calls in it that can only fail."""


def wrong_calls(read: Calling, known: Collection[str]) -> Iterator[tuple[str, Reason]]:
    """What is wrong with the calls in a text, each with its rule; `known` are functions beside the built-in ones."""
    unknown = ", ".join(sorted(read.functions - BUILT_IN.keys() - frozenset(known)))
    if unknown:
        yield "unknown-function", Reason(f"Không có hàm {unknown}.", f"There is no function {unknown}.")
    for misuse in read.misuses:
        if misuse.function not in known:
            reason = misuse.reason
            yield "function-arguments", Reason(f"{reason.vi[:1].upper()}{reason.vi[1:]}.", f"{reason.en}.")
