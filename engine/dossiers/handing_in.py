"""Papers that are handed in after reception: new rows beside the old ones, never over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engine.catalogue.rules import RequiredComponent
from engine.dossiers import rules
from engine.dossiers.models import Component
from engine.dossiers.queries import dossier_for, published_components
from engine.dossiers.reception import HandedIn
from engine.dossiers.reception_checks import wrong_count
from engine.dossiers.refusals import ReceptionRefused, UnknownComponent
from engine.organisation.actors import Actor
from engine.refusals import Refusal


def hand_in_components(
    session: Session, actor: Actor, now: datetime, dossier_id: int, handed_in: Iterable[HandedIn]
) -> Sequence[Component]:
    """Keep papers of a supplement as rows of their own; belongs to the transaction that completes the task.

    Raises UnknownDossier, and ReceptionRefused naming each paper that is not on the list or cannot be counted.
    """
    dossier = dossier_for(session, actor, dossier_id)
    published = {component.code: component for component in published_components(session, dossier)}
    handed = list(handed_in)
    refusals = {f"components.{one.code}": wrong for one in handed if (wrong := _wrong(one, published)) is not None}
    if refusals:
        raise ReceptionRefused(refusals, count=len(refusals))
    ordinal = rules.next_supplement(dossier.components)
    rows = [_row(one, published[one.code], ordinal, now) for one in handed]
    dossier.components.extend(rows)
    session.flush()
    return rows


def _wrong(handed: HandedIn, published: dict[str, RequiredComponent]) -> Refusal | None:
    if handed.code not in published:
        return UnknownComponent(code=handed.code)
    return wrong_count(handed)


def _row(handed: HandedIn, published: RequiredComponent, ordinal: int, now: datetime) -> Component:
    return Component(
        code=handed.code,
        name=published.name,
        required=published.required,
        originals=handed.originals,
        copies=handed.copies,
        note=handed.note,
        supplement=ordinal,
        handed_in_at=now,
    )
