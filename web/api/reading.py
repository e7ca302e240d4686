"""Reads a request into its declared shape, and words every mistake in both languages."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from engine.forms.refusals import Bilingual
from engine.refusals import Refusal
from web.api.refusals import FieldRefused, MalformedJson, RequestRefused

Shape = TypeVar("Shape", bound=BaseModel)

WORDS = {
    "missing": Bilingual("Thiếu trường bắt buộc.", "This field is required."),
    "extra_forbidden": Bilingual("Không có trường nào tên như vậy.", "There is no such field."),
    "string_type": Bilingual("Phải là chuỗi ký tự.", "This must be a text."),
    "string_too_short": Bilingual("Không được để trống.", "This must not be empty."),
    "string_too_long": Bilingual("Dài quá {max_length} ký tự.", "This is longer than {max_length} characters."),
    "string_pattern_mismatch": Bilingual("Có ký tự không được dùng ở đây.", "This holds characters not allowed here."),
    "control_characters": Bilingual("Có ký tự điều khiển không hợp lệ.", "This holds control characters."),
    "string_unicode": Bilingual("Không phải văn bản Unicode hợp lệ.", "This is not valid Unicode text."),
    "int_type": Bilingual("Phải là số nguyên.", "This must be a whole number."),
    "int_parsing": Bilingual("Phải là số nguyên.", "This must be a whole number."),
    "int_from_float": Bilingual("Phải là số nguyên.", "This must be a whole number."),
    "greater_than_equal": Bilingual("Phải từ {ge} trở lên.", "This must be at least {ge}."),
    "less_than_equal": Bilingual("Không được lớn hơn {le}.", "This must not be more than {le}."),
    "less_than": Bilingual("Phải nhỏ hơn {lt}.", "This must be less than {lt}."),
    "bool_type": Bilingual("Phải là true hoặc false.", "This must be true or false."),
    "enum": Bilingual("Phải là một trong: {expected}.", "This must be one of: {expected}."),
    "literal_error": Bilingual("Phải là một trong: {expected}.", "This must be one of: {expected}."),
    "list_type": Bilingual("Phải là một danh sách.", "This must be a list."),
    "too_long": Bilingual("Có quá {max_length} mục.", "This has more than {max_length} entries."),
    "dict_type": Bilingual("Phải là một đối tượng.", "This must be an object."),
    "model_type": Bilingual("Phải là một đối tượng.", "This must be an object."),
    "model_attributes_type": Bilingual("Phải là một đối tượng.", "This must be an object."),
    "uuid_parsing": Bilingual("Phải là một UUID.", "This must be a UUID."),
    "uuid_type": Bilingual("Phải là một UUID.", "This must be a UUID."),
    "date_type": Bilingual("Phải là ngày có thật, dạng 2022-03-29.", "This must be a date like 2022-03-29."),
    "date_parsing": Bilingual("Phải là ngày có thật, dạng 2022-03-29.", "This must be a date like 2022-03-29."),
    "date_from_datetime_parsing": Bilingual(
        "Phải là ngày có thật, dạng 2022-03-29.", "This must be a date like 2022-03-29."
    ),
}
WORDS |= dict.fromkeys(
    (
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
        "timezone_aware",
        "moment_out_of_range",
    ),
    Bilingual(
        "Phải là thời điểm có thật kèm múi giờ, dạng 2022-03-29T08:00:00+07:00.",
        "This must be a moment with its time zone, like 2022-03-29T08:00:00+07:00.",
    ),
)
"""How pydantic's kinds of mistake are said; a kind that is not listed is said in general words."""

WRONG = Bilingual("Giá trị không hợp lệ.", "The value is not valid.")


def read_body(shape: type[Shape]) -> Shape:
    """The request's JSON body as `shape`.

    Raises MalformedJson (400), RequestRefused naming every wrong field (422), UnsupportedMediaType (415).
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()
    body_data()
    try:
        return shape.model_validate_json(raw_body())
    except ValidationError as error:
        raise refused(error) from None


def read_query(shape: type[Shape]) -> Shape:
    """The address's query as `shape`; of a name given twice the last counts. Raises RequestRefused."""
    try:
        return shape.model_validate(dict(request.args.items(multi=True)))
    except ValidationError as error:
        raise refused(error) from None


def raw_body() -> bytes:
    """The body's bytes. Raises RequestEntityTooLarge (413).

    A body sent in chunks announces no length and is cut at the limit, so one that reaches the limit is refused.
    """
    raw = request.get_data(cache=True)
    if request.max_content_length is not None and len(raw) >= request.max_content_length:
        raise RequestEntityTooLarge()
    return raw


def body_data() -> Any:
    """The body's JSON value, without the Infinity and NaN that some writers add. Raises MalformedJson."""
    try:
        return from_json(raw_body(), allow_inf_nan=False)
    except ValueError as error:
        raise MalformedJson(reason=str(error)) from None


def refused(error: ValidationError) -> RequestRefused:
    """A validation error as a refusal that names every wrong field by its dotted path."""
    fields: dict[str, Refusal] = {_path(mistake): _field_refused(mistake) for mistake in error.errors()}
    return RequestRefused(fields=fields, count=len(fields))


def _path(mistake: ErrorDetails) -> str:
    return ".".join(str(step) for step in mistake["loc"])


def _field_refused(mistake: ErrorDetails) -> FieldRefused:
    said = WORDS.get(mistake["type"], WRONG)
    context = {"expected": "", **mistake.get("ctx", {})}
    return FieldRefused(mistake["type"], Bilingual(said.vi.format(**context), said.en.format(**context)))
