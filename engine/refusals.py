"""What the engine answers when it will not do something: what, where and how to mend it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """The base of every refusal; a subclass states its words once, in Vietnamese and in English.

    The words are `str.format` templates filled from the keyword arguments. `remedy_*` says what the reader can do now.
    Only the six direct subclasses below carry a meaning that the web layer maps to a status code.
    """

    vi: ClassVar[str] = "Yêu cầu không được chấp nhận."
    en: ClassVar[str] = "The request was refused."
    remedy_vi: ClassVar[str] = ""
    remedy_en: ClassVar[str] = ""

    def __init__(self, **parameters: object) -> None:
        self.parameters = parameters
        super().__init__(self.message("en"))

    @property
    def code(self) -> str:
        """A stable identifier for programs: the class name in snake case."""
        name = type(self).__name__
        return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")

    def message(self, language: str) -> str:
        """What happened, in `language` ("vi" or "en")."""
        return self._filled(self.vi if language == "vi" else self.en, language)

    def remedy(self, language: str) -> str:
        """What the reader can do about it, in `language`; empty when there is nothing to do."""
        return self._filled(self.remedy_vi if language == "vi" else self.remedy_en, language)

    def _filled(self, template: str, language: str) -> str:
        """A parameter that is itself bilingual (a `Words` member, say) is shown in the reader's language."""
        shown = {
            name: getattr(value, language) if hasattr(value, "vi") and hasattr(value, "en") else value
            for name, value in self.parameters.items()
        }
        return template.format(**shown)


class NotFound(Refusal):
    """The thing named does not exist, or must not be known to exist by this person."""


class Forbidden(Refusal):
    """The thing exists and this person may not do that to it."""


class Conflict(Refusal):
    """Somebody or something was faster; the state is no longer the one the request was made for."""


class Invalid(Refusal):
    """The request is malformed or breaks a rule. `fields` names each wrong field with its own bilingual refusal."""

    def __init__(self, fields: Mapping[str, Refusal] | None = None, **parameters: object) -> None:
        self.fields: dict[str, Refusal] = dict(fields or {})
        super().__init__(**parameters)


class Unauthenticated(Refusal):
    """Nobody knows who is asking."""

    vi = "Phiên làm việc không hợp lệ hoặc đã hết hạn."
    en = "The session or the token is not valid any more."
    remedy_vi = "Hãy đăng nhập lại."
    remedy_en = "Log in again, or create a new token."


class TooOften(Refusal):
    """The same was asked too often in a short time; `minutes` says after how many it may be asked again."""

    vi = "Yêu cầu được gửi quá nhiều lần."
    en = "The request came too often."
    remedy_vi = "Hãy thử lại sau {minutes} phút."
    remedy_en = "Try again in {minutes} minutes."

    def __init__(self, *, minutes: int, **parameters: object) -> None:
        self.minutes = minutes
        super().__init__(minutes=minutes, **parameters)
