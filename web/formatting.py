"""How times, money and identity numbers are written on the pages."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from engine.identities import mask, show_money
from engine.words import Words
from web.language import language
from web.unit_of_work import now

OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def moment(value: datetime | None) -> str:
    """`09:40 29/03/2022`, in the office's time zone; a dash when there is none."""
    return value.astimezone(OFFICE_ZONE).strftime("%H:%M %d/%m/%Y") if value else "–"


def day(value: date | None) -> str:
    """`29/03/2022`; a dash when there is none."""
    if isinstance(value, datetime):
        value = value.astimezone(OFFICE_ZONE)
    return value.strftime("%d/%m/%Y") if value else "–"


def clock(value: datetime) -> str:
    """`09:40`, in the office's time zone."""
    return value.astimezone(OFFICE_ZONE).strftime("%H:%M")


def money(amount: int) -> str:
    """`650.000 đồng`; in English `650,000 VND`."""
    return show_money(amount) if language() == "vi" else f"{amount:,} VND"


def title(word: Words) -> str:
    """The title of an enumeration's member in the reader's language."""
    return word.title_in(language())


def install(application: Flask) -> None:
    """Offer the formats to the templates as filters."""
    for function in (moment, day, clock, money, title):
        application.jinja_env.filters[function.__name__] = function
    application.jinja_env.filters["masked"] = mask
    application.jinja_env.globals["moment_now"] = now
