"""What all requests and answers share."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)
from pydantic_core import PydanticCustomError


def _without_control_characters(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\n\t\r" for letter in text):
        raise PydanticCustomError("control_characters", "The text holds control characters")
    return text


def _in_utc(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second or finer: `2022-03-22T02:40:00Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def _in_our_time(moment: datetime) -> datetime:
    """Moments at the ends of the calendar cannot be shown in every time zone."""
    if not MINYEAR < moment.year < MAXYEAR:
        raise PydanticCustomError("moment_out_of_range", "The moment is not of our time")
    return moment


def _storable(value: Any) -> Any:
    """Values that no form judges: refused is what the database's JSON cannot hold, at whatever depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and "\0" in one:
            raise PydanticCustomError("control_characters", "The text holds control characters")
        elif isinstance(one, int) and abs(one) > LARGEST_WHOLE:
            raise PydanticCustomError("less_than_equal", "The number is too large", {"le": LARGEST_WHOLE})
    return value


def _whole(value: object) -> object:
    """JSON has one kind of number: 90.0 is the whole number 90 (JSON Schema 2020-12)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


LARGEST_WHOLE = 2**63 - 1
"""Beyond it programs do not agree what a number is."""
Storable = AfterValidator(_storable)
Readable = AfterValidator(_without_control_characters)
SAID_READABLE = Field(json_schema_extra={"pattern": r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F]*$"})
"""How the document says `Readable`."""
Whole = Annotated[int, BeforeValidator(_whole)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), Readable, SAID_READABLE]
"""One line that a person typed."""
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), Readable, SAID_READABLE]
"""A text that a person typed."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-/]{1,80}$")]
"""A code or identifier of this system."""
Cursor = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_.\-=]+$")]
"""Where a page ends; opaque."""
PageSize = Annotated[int, Field(ge=1, le=200)]
Moment = Annotated[AwareDatetime, PlainSerializer(_in_utc, return_type=str, when_used="json")]


GivenMoment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
"""A moment that a caller sends, with its time zone."""


def described(text: str, *examples: Any, **constraints: Any) -> Any:
    """A field with its description and examples, required."""
    return Field(description=text, examples=list(examples) or None, **constraints)


class Request(BaseModel):
    """What a caller sends: unknown members are refused and nothing is guessed (the text "5" is no number)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Query(BaseModel):
    """What a caller writes behind the question mark: unknown names are refused, numbers are read from text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What a caller gets; members may be added in later versions, so callers ignore those they do not know."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)
