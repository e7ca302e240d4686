"""From a template and plain data to PDF bytes: the only place that speaks to Typst and segno."""

from __future__ import annotations

import io
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from unicodedata import normalize

import segno
import typst

from engine.papers.editions import OFFICE_TIME_ZONE, TEMPLATES, Edition
from engine.words import Words


def typeset(edition: Edition, content: object, made_at: datetime, **extras: object) -> bytes:
    """The PDF of `content` in `edition`; the same bytes for the same input, because the document's date is `made_at`.

    Data travels as one JSON text, so nothing a person typed is ever read as Typst markup.
    """
    data = {**_fields(content), **extras, "form": edition.form, "legal_basis": edition.legal_basis}
    pdf = typst.compile(
        str(TEMPLATES / edition.template),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(printable(data), ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


def qr_code(text: str) -> str:
    """`text` as a QR code of error level M: an SVG document without fixed size."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, omitsize=True, nl=False)
    return out.getvalue().decode()


def printable(value: object) -> object:
    """`value` as JSON data: texts composed (NFC), enumerations in Vietnamese, moments split into their parts."""
    if isinstance(value, Words):
        return value.vi
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, datetime):
        return moment_parts(value)
    if isinstance(value, dict):
        return {name: printable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return printable(_fields(value)) if is_dataclass(value) else value


def moment_parts(moment: datetime) -> dict[str, str]:
    """The parts of `moment` on the office's clock, written as in official papers.

    Days below 10 and the months 1 and 2 get a leading zero (NĐ 30/2020/NĐ-CP, annex I).
    """
    local = moment.astimezone(OFFICE_TIME_ZONE)
    return {
        "hour": f"{local.hour:02d}",
        "minute": f"{local.minute:02d}",
        "day": f"{local.day:02d}",
        "month": f"{local.month:02d}" if local.month < 3 else str(local.month),
        "year": str(local.year),
        "short": local.strftime("%d/%m/%Y"),
    }


def _fields(content: object) -> dict[str, object]:
    """The fields of a dataclass instance, not copied."""
    assert is_dataclass(content)
    return {field.name: getattr(content, field.name) for field in fields(content)}


@cache
def _fonts() -> typst.Fonts:
    """The fonts that Typst carries itself, searched once; a machine's own fonts never change a paper."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
