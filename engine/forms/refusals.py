"""Why a form file cannot be read, or what somebody filled in is not accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.refusals import Invalid, Refusal


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a form file: where (line, field), what, and how to mend it."""

    line: int | None
    field: str
    what: Bilingual
    remedy: Bilingual

    def words(self, language: str) -> str:
        """The problem as one sentence in `language` ("vi" or "en")."""
        vi = language == "vi"
        place = [("dòng " if vi else "line ") + str(self.line)] if self.line else []
        place += [("trường “{}”" if vi else "field “{}”").format(self.field)] if self.field else []
        said = f"{self.what.vi} {self.remedy.vi}" if vi else f"{self.what.en} {self.remedy.en}"
        return f"{', '.join(place)}: {said.strip()}" if place else said.strip()


class FormUnreadable(Invalid):
    """A form file that must not be published; `problems` lists everything found, each with its line and remedy."""

    vi = "Tệp biểu mẫu có lỗi. {summary}"
    en = "The form file has errors. {summary}"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = self.problems[:5]
        summary = Bilingual(" | ".join(p.words("vi") for p in shown), " | ".join(p.words("en") for p in shown))
        super().__init__(summary=summary)


class FormRefused(Invalid):
    """What was filled in is not accepted; `fields` gives each wrong field (dotted path) its own refusal."""

    vi = "Thông tin đã nhập chưa hợp lệ. {summary}"
    en = "What was filled in is not valid. {summary}"
    remedy_vi = "Hãy sửa các ô được nêu rồi gửi lại. Chưa có gì được lưu."
    remedy_en = "Correct the fields named and send again. Nothing has been saved."

    def __init__(self, fields: Mapping[str, Refusal]) -> None:
        shown = list(fields.values())[:5]
        summary = Bilingual(" ".join(r.message("vi") for r in shown), " ".join(r.message("en") for r in shown))
        super().__init__(fields=fields, summary=summary)


class FieldRefused(Invalid):
    """One field's value is not accepted; the parameter `label` is the field's bilingual label."""


class FieldMissing(FieldRefused):
    """A required field was left empty."""

    vi = "“{label}” là thông tin bắt buộc."
    en = "“{label}” is required."


class WrongType(FieldRefused):
    """The value is of another kind than the field holds."""

    vi = "“{label}” phải là {expected}."
    en = "“{label}” must be {expected}."


class TooSmall(FieldRefused):
    """A number below the smallest allowed."""

    vi = "“{label}” phải từ {limit} trở lên."
    en = "“{label}” must be at least {limit}."


class TooLarge(FieldRefused):
    """A number above the largest allowed."""

    vi = "“{label}” không được lớn hơn {limit}."
    en = "“{label}” must not be more than {limit}."


class TooManyDecimals(FieldRefused):
    """More digits after the decimal point than the field allows."""

    vi = "“{label}” chỉ được có tối đa {limit} chữ số thập phân."
    en = "“{label}” may have at most {limit} decimal digits."


class NotAMultiple(FieldRefused):
    """A number that is not a multiple of the field's increment."""

    vi = "“{label}” phải là bội số của {step}."
    en = "“{label}” must be a multiple of {step}."


class TooShort(FieldRefused):
    """A text with fewer characters than the field asks for."""

    vi = "“{label}” phải có ít nhất {limit} ký tự."
    en = "“{label}” must have at least {limit} characters."


class TooLong(FieldRefused):
    """A text with more characters, or a list with more entries, than the field takes."""

    vi = "“{label}” dài quá {limit} ký tự (hoặc mục) cho phép."
    en = "“{label}” is longer than the {limit} characters (or entries) allowed."


class WrongPattern(FieldRefused):
    """A text that does not have the shape the field asks for; `hint` says which shape."""

    vi = "“{label}” không đúng định dạng. {hint}"
    en = "“{label}” does not have the right format. {hint}"


class UnreadableText(FieldRefused):
    """A text with characters that no keyboard writes (control characters, broken Unicode)."""

    vi = "“{label}” chứa ký tự không hợp lệ."
    en = "“{label}” contains characters that are not allowed."


class NotAChoice(FieldRefused):
    """A value that is not among the field's choices."""

    vi = "“{label}”: giá trị đã chọn không có trong danh sách."
    en = "“{label}”: the chosen value is not in the list."


class ChosenTwice(FieldRefused):
    """The same choice ticked more than once."""

    vi = "“{label}”: một giá trị được chọn hai lần."
    en = "“{label}”: a value is chosen twice."


class WrongDate(FieldRefused):
    """Not a date, time of day or date-time that exists, or not written the ISO way."""

    vi = "“{label}” phải là {expected} có thật, viết theo dạng {example}."
    en = "“{label}” must be {expected} that exists, written like {example}."


class DateInThePast(FieldRefused):
    """A date before today where the form allows only today and later."""

    vi = "“{label}” không được là ngày đã qua."
    en = "“{label}” must not lie in the past."


class UnknownField(FieldRefused):
    """A key that the form does not have, or does not let anybody fill in."""

    vi = "Biểu mẫu không có ô “{label}” để điền."
    en = "The form has no field “{label}” to fill in."


class ReservedKey(FieldRefused):
    """The key `typename`, which the workflow runtime would take for an object of its own."""

    vi = "Tên khoá “typename” (tại “{label}”) được hệ thống dành riêng, không được dùng trong dữ liệu gửi lên."
    en = "The key “typename” (at “{label}”) is reserved and must not be used in submitted data."


class TooMuch(FieldRefused):
    """More data, or deeper nested, than any form can need."""

    vi = "Dữ liệu gửi lên quá lớn hoặc lồng nhau quá sâu."
    en = "The submitted data is too large or nested too deeply."
