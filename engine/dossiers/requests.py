"""What applicants were asked to bring: each paper by its code, so that every reader is told its name in the own
language, whatever the printed request calls it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, Event, EventKind, RequestedPaper
from engine.dossiers.queries import english_papers, events_of

REQUESTS = frozenset({EventKind.INCOMPLETE, EventKind.SUPPLEMENT_REQUESTED})
"""The events that ask for papers: at the counter, and after acceptance."""


def requests_of(session: Session, dossier: Dossier, language: str) -> dict[datetime, str]:
    """What each request for papers says, by its moment, with the papers' names in `language` ("vi" or "en")."""
    events = events_of(session, dossier.id, without=set(EventKind) - REQUESTS)
    names = english_papers(session, dossier) if events and language != "vi" else {}
    papers = _papers_by_moment(session, dossier.id) if events else {}
    return {event.at: request_text(papers.get(event.at, ()), _reason(event), names) for event in events}


def papers_asked_last(session: Session, dossier_id: int) -> frozenset[str]:
    """The codes of the papers that the newest request asks for; none where it was written as one text."""
    newest = select(func.max(RequestedPaper.asked_at)).where(RequestedPaper.dossier_id == dossier_id).scalar_subquery()
    asked = select(RequestedPaper.code).where(
        RequestedPaper.dossier_id == dossier_id, RequestedPaper.asked_at == newest
    )
    return frozenset(session.scalars(asked))


def request_text(papers: Iterable[RequestedPaper], reason: str, names: Mapping[str, str]) -> str:
    """A line for each paper and what it lacks, then the reason; a paper whose code `names` leaves out is called as it
    was then."""
    named = ((names.get(paper.code, paper.name), paper.wanted) for paper in papers)
    lines = [f"- {name}: {wanted}" if wanted else f"- {name}" for name, wanted in named]
    return "\n".join([*lines, reason] if reason else lines)


def papers_by_event(
    session: Session, dossier_id: int, events: Iterable[Event]
) -> Mapping[int, Sequence[RequestedPaper]]:
    """The papers that each of these events asks for, by the event's id; no query where none of them asks."""
    asking = [event for event in events if event.kind in REQUESTS]
    papers = _papers_by_moment(session, dossier_id) if asking else {}
    return {event.id: papers[event.at] for event in asking if event.at in papers}


def _papers_by_moment(session: Session, dossier_id: int) -> Mapping[datetime, list[RequestedPaper]]:
    asked = select(RequestedPaper).where(RequestedPaper.dossier_id == dossier_id).order_by(RequestedPaper.id)
    papers: dict[datetime, list[RequestedPaper]] = defaultdict(list)
    for paper in session.scalars(asked):
        papers[paper.asked_at].append(paper)
    return papers


def _reason(event: Event) -> str:
    """Requests from before the papers had rows of their own hold everything in one text."""
    return str(event.details.get("reason") or event.details.get("content") or "")
