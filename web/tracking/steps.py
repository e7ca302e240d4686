"""The steps of a dossier that its applicant may see: what happened and when, without names or inner opinions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.dossiers.models import Event, EventKind
from web.dossiers.timeline import way_of_return
from web.language import language

PUBLIC = frozenset(
    {
        EventKind.SUBMITTED,
        EventKind.RECEIVED,
        EventKind.INCOMPLETE,
        EventKind.REJECTED,
        EventKind.HANDED_OVER,
        EventKind.TAKEN_OVER,
        EventKind.CHARGED,
        EventKind.PAID,
        EventKind.SUPPLEMENT_REQUESTED,
        EventKind.SUPPLEMENT_RECEIVED,
        EventKind.SUPPLEMENT_EXPIRED,
        EventKind.OPINION_REQUESTED,
        EventKind.ISSUED,
        EventKind.TRANSFERRED,
        EventKind.APOLOGISED,
        EventKind.WITHDRAWAL_REQUESTED,
        EventKind.STOPPED,
        EventKind.RETURNED,
    }
)


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step as the applicant sees it."""

    at: datetime
    title: str


def public_steps(events: Iterable[Event]) -> list[PublicStep]:
    """The public steps, oldest first; what happened several times at one moment is said once."""
    steps: list[PublicStep] = []
    for event in events:
        if event.kind in PUBLIC:
            step = PublicStep(event.at, EventKind(event.kind).title_in(language()))
            if step not in steps:
                steps.append(step)
    return steps


def returned_how(events: Iterable[Event]) -> str:
    """How the result was returned at last, with the postal item's number but without names; empty until then."""
    ways = [way_of_return(event.details, recipient=None) for event in events if event.kind == EventKind.RETURNED]
    return ways[-1] if ways else ""
