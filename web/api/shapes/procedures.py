"""Procedures as a caller sees them."""

from __future__ import annotations

from datetime import date

from engine.organisation.models import Unit
from web.api.shapes.base import Answer, Code, Cursor, Line, PageSize, Query, described


class ProcedureQuery(Query):
    """Which procedures are wanted."""

    search: Line = described(
        "Part of the name or the code; accents and case do not matter.", "the huong dan", default=""
    )
    after: Cursor | None = described("`next` of the page before.", default=None)
    size: PageSize = described("How many to a page.", 50, default=50)


class UnitHead(Answer):
    """A unit by code and name."""

    code: Code = described("The unit's code.", "VHTTDL")
    name: str = described("Its name.", "Sở Văn hóa, Thể thao và Du lịch")
    name_en: str = described("Its name in English.", "Department of Culture, Sports and Tourism")


class Procedure(Answer):
    """An administrative procedure in the version that is in force today."""

    code: Code = described("The national code.", "1.004623")
    name: str = described("Its name.", "Cấp thẻ hướng dẫn viên du lịch nội địa")
    name_en: str = described("Its name in English.", "Domestic tour guide card")
    field: str = described("The field (lĩnh vực).", "Du lịch")
    field_en: str = described("The field in English.", "Tourism")
    version: int = described("The version's number.", 1)
    legal_basis: str = described("The legal basis.", "Luật Du lịch 2017")
    effective_from: date = described("The first day on which the version holds.", "2022-01-01")
    effective_to: date | None = described("The last day, if there is one.")
    deciding_units: list[UnitHead] = described("Who decides; where several do, the caller names one when receiving.")


class ProcedurePage(Answer):
    """A page of procedures, by code."""

    items: list[Procedure] = described("The procedures.")
    next: str | None = described("The cursor of the next page; null on the last.")


def unit_head(unit: Unit) -> UnitHead:
    """A unit's row as answered."""
    return UnitHead(code=unit.code, name=unit.name, name_en=unit.name_en)
