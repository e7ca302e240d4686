"""Checks every submission on the server, whatever the browser has or has not checked, and cleans it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.forms import values
from engine.forms.conditions import Condition
from engine.forms.refusals import (
    Bilingual,
    FieldMissing,
    FormRefused,
    ReservedKey,
    TooLong,
    TooMuch,
    UnknownField,
    WrongType,
)
from engine.forms.schema import Field, FieldKind, Form, Part, Repeat
from engine.refusals import Refusal

DEEPEST_ANSWERS = 10
MOST_VALUES = 5_000
MOST_CHARACTERS = 500_000
MOST_REPETITIONS = 200

_LIST = Bilingual("danh sách", "a list")
_OBJECT = Bilingual("nhóm dữ liệu", "a group of values")


def validate(form: Form, answers: Any, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The cleaned answers to `form`, nested as form-js nests them; raises FormRefused naming every wrong field.

    Hidden fields are dropped, empty ones left out, unticked boxes are False, texts are trimmed and in Unicode NFC.
    `facts` are what conditions and `valuesKey` see beneath the answers; `today` among them (a date) is what
    "no past dates" is judged by.
    """
    _refuse_the_unbearable(answers)
    submission = _Submission(facts)
    cleaned = submission.clean(form.parts, answers, answers, "")
    if submission.refusals:
        raise FormRefused(submission.refusals)
    return cleaned


def visible_fields(form: Form, answers: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields outside dynamic lists that are shown, given what has been answered."""
    return tuple(field for field in form.fields() if not _hidden(field.hidden_when, {**facts, **answers}))


def _refuse_the_unbearable(answers: Any) -> None:
    """Size, depth and the reserved key are judged before anything else looks at the data."""
    if not isinstance(answers, Mapping):
        raise FormRefused({"": WrongType(label="…", expected=_OBJECT)})
    characters = 0
    for seen, (path, depth, value) in enumerate(_walk(answers)):
        characters += len(value) if isinstance(value, str) else 0
        if depth > DEEPEST_ANSWERS or seen > MOST_VALUES or characters > MOST_CHARACTERS:
            raise FormRefused({"": TooMuch(label="…")})
        if path.endswith(".typename"):
            raise FormRefused({path[1:]: ReservedKey(label=path[1:])})


def _walk(answers: Any) -> Iterator[tuple[str, int, Any]]:
    """Every value with its path, keys counted as values too, without recursion."""
    pending: list[tuple[str, int, Any]] = [("", 0, answers)]
    while pending:
        path, depth, value = pending.pop()
        yield path, depth, value
        if depth > DEEPEST_ANSWERS:
            continue
        if isinstance(value, Mapping):
            pending.extend((f"{path}.{str(key)[:100]}", depth + 1, inner) for key, inner in value.items())
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            pending.extend((f"{path}.{index}", depth + 1, inner) for index, inner in enumerate(value))


def _hidden(conditions: tuple[Condition, ...], data: Mapping[str, Any]) -> bool:
    return any(condition.holds(data) for condition in conditions)


class _Submission:
    """Collects refusals while the answers are cleaned."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.refusals: dict[str, Refusal] = {}

    def clean(
        self, parts: Sequence[Part], answers: Mapping[str, Any], around: Mapping[str, Any], place: str
    ) -> dict[str, Any]:
        """Clean one level: `answers` are its own, `around` all that its conditions see; `place` prefixes error keys."""
        self.refuse_strangers(_tree(parts), answers, place)
        known = {**self.facts, **around}
        hidden = self.hidden(parts, known)
        cleaned: dict[str, Any] = {}
        for part in parts:
            if part.key in hidden:
                continue
            value = self.cleaned(part, _at(answers, part.path), around, place + part.key)
            if value is not None:
                _put(cleaned, part.path, value)
        return cleaned

    def hidden(self, parts: Sequence[Part], known: dict[str, Any]) -> set[str]:
        """What the conditions hide; the answer of a hidden field no longer counts for the fields after it."""
        hidden = set()
        for part in parts:
            if _hidden(part.hidden_when, known):
                hidden.add(part.key)
                if len(part.path) == 1:
                    known[part.path[0]] = self.facts.get(part.path[0])
        return hidden

    def refuse_strangers(self, tree: Mapping[str, Any], answers: Mapping[str, Any], place: str) -> None:
        for key, value in answers.items():
            name = f"{place}{key}"
            expected = tree.get(key) if isinstance(key, str) else None
            if expected is None or (isinstance(expected, Field) and expected.disabled):
                self.refusals[name] = UnknownField(label=_printable(name))
            elif isinstance(expected, dict) and isinstance(value, Mapping):
                self.refuse_strangers(expected, value, f"{name}.")
            elif isinstance(expected, dict) and value is not None:
                self.refusals[name] = WrongType(label=name, expected=_OBJECT)

    def cleaned(self, part: Part, value: Any, around: Mapping[str, Any], name: str) -> Any:
        if isinstance(part, Repeat):
            return self.repeated(part, value, around, name)
        try:
            return self.answer(part, value)
        except Refusal as refusal:
            self.refusals[name] = refusal
            return None

    def answer(self, field: Field, value: Any) -> Any:
        if field.disabled:
            return None
        if isinstance(value, str):
            value = unicodedata.normalize("NFC", value).strip()
        empty = value is None or value == "" or value == []
        if field.kind is FieldKind.CHECKBOX:
            value, empty = (False if empty else value), False
        if empty or (field.kind is FieldKind.CHECKBOX and field.required and value is False):
            if field.required:
                raise FieldMissing(label=field.label)
            return None
        return values.checked(field, value, self.facts)

    def repeated(self, repeat: Repeat, value: Any, around: Mapping[str, Any], name: str) -> list[dict[str, Any]] | None:
        if value is None or value == []:
            return None
        if not isinstance(value, list):
            self.refusals[name] = WrongType(label=repeat.label, expected=_LIST)
            return None
        if len(value) > MOST_REPETITIONS:
            self.refusals[name] = TooLong(label=repeat.label, limit=MOST_REPETITIONS)
            return None
        return [self.entry(repeat, entry, around, f"{name}.{index}") for index, entry in enumerate(value)]

    def entry(self, repeat: Repeat, entry: Any, around: Mapping[str, Any], name: str) -> dict[str, Any]:
        if not isinstance(entry, Mapping):
            self.refusals[name] = WrongType(label=repeat.label, expected=_OBJECT)
            return {}
        return self.clean(repeat.parts, entry, {**around, **entry}, f"{name}.")


def _tree(parts: Sequence[Part]) -> dict[str, Any]:
    """The keys that may be submitted, nested as the answers are; leaves are the parts."""
    tree: dict[str, Any] = {}
    for part in parts:
        _put(tree, part.path, part)
    return tree


def _put(target: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for segment in path[:-1]:
        target = target.setdefault(segment, {})
    target[path[-1]] = value


def _at(answers: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = answers
    for segment in path:
        value = value.get(segment) if isinstance(value, Mapping) else None
    return value


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:100])
