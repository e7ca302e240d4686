"""Enumerations with their titles in Vietnamese and English, defined once and shown everywhere."""

from __future__ import annotations

from enum import StrEnum


class Words(StrEnum):
    """A string enumeration whose members carry their titles: `member.vi` and `member.en`.

    Declare a member as `NAME = "value", "tiêu đề", "title"`.
    """

    vi: str
    en: str

    def __new__(cls, value: str, vi: str = "", en: str = "") -> Words:
        member = str.__new__(cls, value)
        member._value_ = value
        member.vi = vi
        member.en = en
        return member

    def title_in(self, language: str) -> str:
        """The title in `language` ("vi" or "en")."""
        return self.vi if language == "vi" else self.en
