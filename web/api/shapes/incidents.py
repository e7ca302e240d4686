"""Incidents: automatic steps that failed with nobody to tell."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.dossiers.models import Incident as Row
from engine.dossiers.models import IncidentCause, IncidentState
from web.api.shapes.base import Answer, GivenMoment, Moment, PageSize, Query, Request, described
from web.api.shapes.decisions import Reason
from web.api.shapes.dossiers import name_of


class IncidentQuery(Query):
    """Which part of the open incidents is wanted."""

    after: Annotated[int, Field(ge=0, lt=2**31)] = described("`next` of the page before.", 0, default=0)
    size: PageSize = described("How many to a page.", 100, default=100)


class ResolveIncidentRequest(Request):
    """How the incident is settled by hand."""

    reason: Reason = described("Why, and what was done instead.", "Chờ sửa quy trình")
    until: GivenMoment | None = described(
        "Until when the failed timer is put off, a year at most; a day when it is not said. No use with messages.",
        "2022-03-25T01:00:00Z",
        default=None,
    )


class Incident(Answer):
    """A step that cannot be taken: why, how often it was tried, and how it was settled."""

    id: int = described("The incident's id.", 17)
    dossier: str = described("The dossier's number, or its reference before acceptance.", "H37.15-220322-0001")
    cause: str = described(
        "`timer`, `message` (one that was kept) or `sending` (one that was to leave the house).", "timer"
    )
    cause_title: str = described("The same in Vietnamese.", "Đến hạn")
    cause_title_en: str = described("The same in English.", "A timer")
    message: str | None = described("The name of the message that could not be delivered or sent.", "deposit_confirmed")
    element_id: str | None = described("Where in the diagram, when the failure says so.", "remind")
    reason: str = described("Why it failed the last time, in Vietnamese.", "Không thể chuyển bước: thiếu biến.")
    reason_en: str = described("The same in English.", "The step could not be taken: a variable is missing.")
    first_at: Moment = described("When it failed first.", "2022-03-22T07:00:00Z")
    last_at: Moment = described("When it failed last.", "2022-03-22T08:00:00Z")
    attempts: int = described("How often it was tried.", 2)
    state: str = described("`open` or `resolved`.", "open")
    state_title: str = described("The same in Vietnamese.", "Chưa xử lý")
    state_title_en: str = described("The same in English.", "Open")
    resolved_at: Moment | None = described("When it was settled.")
    resolved_by: str | None = described("Who settled it; null when a later step went through by itself.")
    resolution: str = described("The reason given when it was settled by hand.", "")


class IncidentPage(Answer):
    """A page of the open incidents, the oldest first."""

    items: list[Incident] = described("The incidents.")
    next: int | None = described("`after` of the next page; null on the last.")


def incident_answer(row: Row) -> Incident:
    """An incident row as answered."""
    cause, state, subject = IncidentCause(row.cause), IncidentState(row.state), row.message or row.outgoing_message
    return Incident(
        id=row.id,
        dossier=name_of(row.dossier),
        cause=cause.value,
        cause_title=cause.vi,
        cause_title_en=cause.en,
        message=subject.name if subject else None,
        element_id=row.element_id,
        reason=row.reason_vi,
        reason_en=row.reason_en,
        first_at=row.first_at,
        last_at=row.last_at,
        attempts=row.attempts,
        state=state.value,
        state_title=state.vi,
        state_title_en=state.en,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by.full_name if row.resolved_by else None,
        resolution=row.resolution,
    )
