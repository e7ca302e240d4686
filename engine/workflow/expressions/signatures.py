"""How many arguments each built-in function takes, and of what kinds: a wrong call is found before it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.workflow.expressions.errors import ExpressionProblem, Reason
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


def taking(gives: Kind | None, *parameters: Collection[Kind | None]) -> Signature:
    """The signature of a function that is called in one way; each parameter is given by the kinds that it takes."""
    return Signature(gives, (tuple(frozenset(each) for each in parameters),))


SIGNATURES: Mapping[str, Signature] = {
    "abs": taking("number", _NUMBER),
    "append": taking("list", _LIST, _ANY),
    "ceil": taking("number", _NUMBER),
    "contains": taking("truth", _WITH_LENGTH, _ANY),
    "date": Signature("date", ((frozenset(_DAY),), (frozenset(_NUMBER),) * 3)),
    "datetime": taking("date", _DAY),
    "days": taking("duration", _NUMBER),
    "empty": taking("truth", _WITH_LENGTH | {"null"}),
    "ends_with": taking("truth", _TEXT, _TEXT),
    "equal": taking("truth", _ANY, _ANY),
    "floor": taking("number", _NUMBER),
    "hours": taking("duration", _NUMBER),
    "int": taking("number", _NUMBER_OR_TEXT),
    "len": taking("number", _WITH_LENGTH),
    "lower": taking("text", _TEXT),
    "max": Signature(None, ((frozenset(_LIST),),), _ANY),
    "min": Signature(None, ((frozenset(_LIST),),), _ANY),
    "minutes": taking("duration", _NUMBER),
    "number": taking("number", _NUMBER_OR_TEXT),
    "round": Signature("number", ((frozenset(_NUMBER),), (frozenset(_NUMBER),) * 2)),
    "starts_with": taking("truth", _TEXT, _TEXT),
    "str": taking("text", _PLAIN),
    "sum": Signature("number", ((), (frozenset(_LIST),)), frozenset(_NUMBER)),
    "upper": taking("text", _TEXT),
}
"""By the name of the function, as in BUILT_IN."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call in an expression, with what is known of its arguments before it is made."""

    function: str
    kinds: tuple[Kind | None, ...]
    """The arguments' kinds; None where that depends on variables."""
    constants: tuple[Any, ...] | None
    """The arguments themselves, when all of them stand in the text."""


class Calling(Protocol):
    """What has been read and calls functions: an expression, a cell of a decision table."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its calls, in the order of the text."""


def wrong_calls(read: Calling, known: Collection[str]) -> Iterator[tuple[str, Reason]]:
    """What is wrong with the calls in a text, each with its rule.

    `known` are functions beside the built-in ones, before which they come: names, or a mapping of names to signatures.
    """
    unknown = ", ".join(sorted({call.function for call in read.calls} - BUILT_IN.keys() - frozenset(known)))
    if unknown:
        yield "unknown-function", Reason(f"Không có hàm {unknown}.", f"There is no function {unknown}.")
    own: Mapping[str, Signature | None] = known if isinstance(known, Mapping) else dict.fromkeys(known)
    for call in read.calls:
        reason = _misuse(call, {**SIGNATURES, **own}.get(call.function), is_built_in=call.function not in own)
        if reason is not None:
            yield "function-arguments", Reason(f"{reason.vi[:1].upper()}{reason.vi[1:]}.", f"{reason.en}.")


def _misuse(call: Call, signature: Signature | None, *, is_built_in: bool) -> Reason | None:
    """Why a call can only fail; nothing if it may be right, or nobody says how the function is called."""
    name, count = call.function, len(call.kinds)
    if signature is None:
        return None
    if not signature.accepts_count(count):
        plural = "" if count == 1 else "s"
        return Reason(f"hàm {name}() không nhận {count} đối số", f"{name}() does not take {count} argument{plural}")
    for kind, takes in zip(call.kinds, signature.parameters(count), strict=True):
        if kind not in takes and kind is not None:
            vi, en = KIND_WORDS[kind]
            return Reason(f"hàm {name}() không nhận {vi}", f"{name}() does not take {en}")
    return _failure(name, call.constants) if is_built_in and call.constants is not None else None


def _failure(name: str, constants: Sequence[object]) -> Reason | None:
    """Why a call whose arguments never change always fails."""
    try:
        BUILT_IN[name](*constants)
    except ExpressionProblem as problem:
        return problem.reason
    return None
