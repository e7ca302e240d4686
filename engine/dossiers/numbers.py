"""Serials that are given out once: dossier numbers, receipts and book entries."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine.dossiers.models import DocumentKind, NumberSeries
from engine.identities import compose_dossier_number
from engine.organisation.models import Unit
from engine.organisation.queries import identifier_on

UNAMBIGUOUS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters that nobody confuses when reading a code aloud."""


def next_serial(session: Session, name: str) -> int:
    """The next number of the series `name`; its row stays locked until the transaction ends, so that no number is
    given twice. A transaction that fails gives its number back; after a commit a number is never re-used."""
    statement = (
        insert(NumberSeries)
        .values(name=name, last=1)
        .on_conflict_do_update(index_elements=[NumberSeries.name], set_={"last": NumberSeries.last + 1})
        .returning(NumberSeries.last)
    )
    return session.execute(statement).scalar_one()


def allot_dossier_number(session: Session, unit_id: int, on: date) -> str:
    """The dossier number by the agency's identifier and pattern in force (domain 4): serial per agency and day."""
    identifier = identifier_on(session, unit_id, on)
    serial = next_serial(session, f"dossier/{identifier.identifier}/{on:%y%m%d}")
    return compose_dossier_number(identifier.number_pattern, identifier.identifier, on, serial)


def next_paper_number(session: Session, kind: DocumentKind, office: Unit, on: date, suffix: str) -> str:
    """The number of the next paper of this kind that `office` makes in the year, as printed: `07/HDHS`."""
    serial = next_serial(session, f"{kind}/{office.code}/{on:%Y}")
    return f"{serial:02d}/{suffix}"


def new_reference() -> str:
    """A reference for a dossier that has no number yet; random, so that it cannot be guessed."""
    return "TN-" + "".join(secrets.choice(UNAMBIGUOUS) for _ in range(10))


def new_lookup_code() -> str:
    """The code printed on the receipt that opens public tracking together with the number."""
    return "".join(secrets.choice(UNAMBIGUOUS) for _ in range(6))
