"""What the worker looks after every ten minutes: one errand that fails keeps no other from being run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from engine.command_line import working

Errand = Callable[[sessionmaker[Session], datetime], int]


def test_an_errand_that_fails_does_not_stop_the_next(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def fails(sessions: sessionmaker[Session], now: datetime) -> int:
        raise RuntimeError("a unit without an end")

    def works(sessions: sessionmaker[Session], now: datetime) -> int:
        done.append("looked")
        return 1

    errands: dict[str, Errand] = {"first": fails, "second": works}
    monkeypatch.setattr(working, "LOOKED_AFTER", errands)
    monkeypatch.setattr(working, "LOOK_AFTER", 0.01)

    async def for_a_while() -> None:
        errand = asyncio.create_task(working._look_after_for_ever(sessions))
        while len(done) < 2:
            await asyncio.sleep(0.01)
        errand.cancel()

    asyncio.run(asyncio.wait_for(for_a_while(), timeout=60))
    assert len(done) >= 2
