"""How much time a dossier has left, in the office's words and in a calm colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, g

from engine.organisation.settings import work_calendar
from engine.worktime import WorkCalendar, remaining
from web.language import language
from web.language import translated as _
from web.unit_of_work import now, session


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is said about a limit, and in which tone (`calm`, `soon`, `late`, `idle`)."""

    words: str
    tone: str


def deadline(
    due_at: datetime | None,
    *,
    accepted: bool = True,
    suspended: bool = False,
    ended: bool = False,
    closed: bool = False,
) -> Deadline:
    """What is left until `due_at` in working time; nothing runs before acceptance, while suspended or after the end."""
    if closed:
        return Deadline(_("Đã kết thúc"), "idle")
    if ended:
        return Deadline(_("Đã xử lý xong"), "idle")
    if suspended:
        return Deadline(_("Tạm dừng tính thời hạn"), "idle")
    if not accepted:
        return Deadline(_("Chưa tính thời hạn"), "idle")
    if due_at is None:
        return Deadline(_("Không có thời hạn"), "idle")
    left = remaining(_calendar(), now(), due_at)
    if left.overdue:
        return Deadline(left.title_in(language()), "late")
    return Deadline(left.title_in(language()), "soon" if left.days < 1 else "calm")


def _calendar() -> WorkCalendar:
    """The common working calendar, asked for once a request."""
    if "calendar" not in g:
        g.calendar = work_calendar(session())
    return g.calendar  # type: ignore[no-any-return]


def install(application: Flask) -> None:
    """Offer `deadline()` to the templates."""
    application.jinja_env.globals.update(deadline=deadline)
