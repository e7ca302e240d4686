"""A system to look at: invented people for every role and dossiers in every state, made by the real operations."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from engine.demonstration.dossiers import create_dossiers
from engine.demonstration.people import PASSWORD, create_people, sign_in_table
from engine.dossiers.models import Dossier
from engine.organisation.models import Person

__all__ = ["PASSWORD", "create_people", "is_empty", "load_demonstration", "sign_in_table"]


def is_empty(sessions: sessionmaker[Session]) -> bool:
    """Whether nobody and nothing is in the system yet, so that a demonstration can do no harm."""
    with sessions() as session:
        return not session.scalar(select(exists(select(Person.id)) | exists(select(Dossier.id))))


def load_demonstration(sessions: sessionmaker[Session], now: datetime, processes: Path) -> int:
    """Create the demo people, and dossiers whose lives led up to `now`; returns the number of dossiers.

    `processes` must have been published; its scenarios tell the stories. All of it is one transaction, so that a
    start that is interrupted leaves an empty system and not half a demonstration.
    """
    with sessions.begin() as session:
        create_people(session, now)
        return create_dossiers(session, now, processes)
