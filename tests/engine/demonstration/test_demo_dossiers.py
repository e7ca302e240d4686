"""The demonstration shows every state a dossier can be in, and nobody's dossier is lost."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.demonstration.dossiers import create_dossiers
from engine.demonstration.lives import LIVES
from engine.dossiers.models import Dossier, DossierState, Event
from engine.dossiers.standing import without_owner
from engine.settings import PROJECT

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_the_demo_shows_every_state_and_loses_no_dossier(
    published: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert create_dossiers(published, NOW, PROJECT / "processes") == len(LIVES)
    states = Counter(published.scalars(select(Dossier.state)))
    assert without_owner(published, NOW) == []
    assert published.scalar(select(func.max(Event.at))) <= NOW
    overdue = published.scalars(select(Dossier.id).where(Dossier.closed_at.is_(None), Dossier.due_at < NOW)).all()
    assert "demo_story_ended_early" not in capsys.readouterr().out
    assert set(DossierState) - {DossierState.INSPECTING} == set(states), states
    assert overdue
