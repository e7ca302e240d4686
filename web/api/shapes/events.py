"""The event log of a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from engine.dossiers.models import Event as EventRow
from engine.dossiers.models import EventKind
from engine.dossiers.models import RequestedPaper as RequestedPaperRow
from web.api.shapes.base import Answer, Moment, PageSize, Query, described


class EventQuery(Query):
    """Which part of the event log is wanted."""

    after: Annotated[int, Field(ge=0, lt=2**31)] = described("The `id` of the last event already known.", 0, default=0)
    size: PageSize = described("How many to a page.", 100, default=100)


class RequestedPaper(Answer):
    """One paper that the applicant was asked for."""

    component: str = described("Code of the paper on the published list.", "inspection_result")
    name: str = described("What the request calls it, in Vietnamese.", "Bản sao kết quả kiểm định")
    name_en: str = described("The same in English.", "Copy of the inspection result")
    wanted: str = described("What it lacks, as written by whoever asks; empty if it was not handed in.", "Bản chụp rõ")
    originals: int = described("Originals asked for.", 0)
    certified_copies: int = described("Certified copies asked for.", 0)
    copies: int = described("Plain copies asked for.", 1)


class Event(Answer):
    """One thing that happened to the dossier; never changed afterwards."""

    id: int = described("Rises with every event.", 1042)
    at: Moment = described("When.", "2022-03-22T02:40:00Z")
    kind: str = described("What happened, for programs.", "received")
    title: str = described("The same in Vietnamese.", "Tiếp nhận hồ sơ")
    title_en: str = described("The same in English.", "Received")
    actor: str | None = described("Who did it; null for a timer or a message.", "Hoàng Văn Ưng")
    task: UUID | None = described("In which task.")
    element_id: str | None = described("At which element of the diagram.", "register_dossier")
    details: dict[str, Any] = described("What belongs to it; depends on the kind.", {"number": "H37.15-220322-0001"})
    papers: list[RequestedPaper] = described(
        "The papers asked for, when the kind is `incomplete` or `supplement_requested`; else empty."
    )


class EventPage(Answer):
    """A page of the event log, the oldest first."""

    items: list[Event] = described("The events.")
    next: int | None = described("`after` of the next page; null when this is the end of the log so far.")


CHOICES = "choices"
"""What was decided in a task: for the agency only."""


def event_answer(
    event: EventRow,
    *,
    within_agency: bool,
    papers: Iterable[RequestedPaperRow] = (),
    papers_en: Mapping[str, str] | None = None,
) -> Event:
    """An event row as answered; without the choices made in tasks unless `within_agency`.

    `papers` are those that the event asks for, `papers_en` what the published list calls them in English, by code.
    """
    kind = EventKind(event.kind)
    return Event(
        id=event.id,
        at=event.at,
        kind=kind.value,
        title=kind.vi,
        title_en=kind.en,
        actor=event.actor_name or None,
        task=event.task_id,
        element_id=event.element_id,
        details={name: value for name, value in event.details.items() if within_agency or name != CHOICES},
        papers=[_requested(paper, papers_en or {}) for paper in papers],
    )


def _requested(paper: RequestedPaperRow, names: Mapping[str, str]) -> RequestedPaper:
    return RequestedPaper(
        component=paper.code,
        name=paper.name,
        name_en=names.get(paper.code, paper.name),
        wanted=paper.wanted,
        originals=paper.originals,
        certified_copies=paper.certified_copies,
        copies=paper.copies,
    )
