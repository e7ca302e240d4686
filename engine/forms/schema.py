"""A form as the server sees it: what may be filled in, and what each answer must satisfy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.forms.conditions import Condition
from engine.forms.refusals import Bilingual
from engine.words import Words


class FieldKind(Words):
    """The form-js component types that carry an answer."""

    TEXTFIELD = "textfield", "một dòng chữ", "a line of text"
    TEXTAREA = "textarea", "đoạn văn", "a text"
    NUMBER = "number", "số", "a number"
    CHECKBOX = "checkbox", "ô đánh dấu (có hoặc không)", "a tick box (yes or no)"
    CHECKLIST = "checklist", "danh sách các mục được đánh dấu", "a list of ticked entries"
    RADIO = "radio", "một lựa chọn", "one choice"
    SELECT = "select", "một lựa chọn", "one choice"
    TAGLIST = "taglist", "danh sách các lựa chọn", "a list of choices"
    DATETIME = "datetime", "ngày, giờ", "a date or time"
    FILEPICKER = "filepicker", "tệp đính kèm", "an attached file"


Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a select, radio, checklist or taglist."""

    value: Scalar
    label: Bilingual


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. Limits that a kind does not know are None."""

    kind: FieldKind
    path: tuple[str, ...]
    label: Bilingual
    hidden_when: tuple[Condition, ...] = ()
    """The field's own condition and those of the groups around it; hidden when any of them holds."""
    required: bool = False
    disabled: bool = False
    """Shown only; form-js does not submit it, so a submitted value is refused."""
    minimum: int | float | None = None
    maximum: int | float | None = None
    decimals: int | None = None
    step: int | float | None = None
    as_text: bool = False
    """A number that form-js submits as text (`serializeToString`)."""
    min_length: int | None = None
    max_length: int | None = None
    pattern: re.Pattern[str] | None = None
    pattern_hint: Bilingual = Bilingual("", "")
    choices: tuple[Choice, ...] = ()
    choices_from: str | None = None
    """The fact that lists the choices instead (`valuesKey`), for example the officers of a division."""
    date_part: Literal["date", "time", "datetime"] = "date"
    time_zone: Literal["utc_offset", "utc_normalized", "no_timezone"] = "utc_offset"
    no_past: bool = False
    unit: Bilingual = Bilingual("", "")
    """What stands behind the value (`suffixAdorner`): đồng, ha, năm."""

    @property
    def key(self) -> str:
        """The dotted path of the answer."""
        return ".".join(self.path)

    @property
    def is_year(self) -> bool:
        """A whole number without a unit whose limits leave four digits only: it is written 2018, never 2.018."""
        low, high = self.minimum or 0, self.maximum or 0
        return self.kind is FieldKind.NUMBER and not self.unit.vi and self.decimals == 0 and 1000 <= low <= high <= 9999


@dataclass(frozen=True, slots=True)
class Repeat:
    """A dynamic list: the same fields filled in several times; its answer is a list of objects."""

    path: tuple[str, ...]
    label: Bilingual
    parts: tuple[Field | Repeat, ...]
    hidden_when: tuple[Condition, ...] = ()

    @property
    def key(self) -> str:
        """The dotted path of the answer."""
        return ".".join(self.path)


Part = Field | Repeat


@dataclass(frozen=True, slots=True)
class Form:
    """A form that has been read; `document` is the form-js JSON for the browser's viewer."""

    id: str
    parts: tuple[Part, ...]
    document: Mapping[str, Any] = field(repr=False)

    def unanswered(self) -> dict[str, None]:
        """The first segment of every answer's path with None: what expressions may ask for before it is answered."""
        return {part.path[0]: None for part in self.parts}

    def lists(self) -> frozenset[str]:
        """The facts that list choices (`valuesKey`), those of dynamic lists included."""
        return frozenset(_lists(self.parts))

    def fields(self) -> Iterator[Field]:
        """The fields outside dynamic lists, in the document's order."""
        return (part for part in self.parts if isinstance(part, Field))

    def field(self, key: str) -> Field | None:
        """The field with this dotted path, if there is one outside dynamic lists."""
        return next((found for found in self.fields() if found.key == key), None)


def _lists(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Repeat):
            yield from _lists(part.parts)
        elif part.choices_from:
            yield part.choices_from
