"""States saved by every version so far can be loaded and go on. The files under states/ are never made again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.workflow import Complete, Deliver, FireDueTimers, Surroundings, advance, inspect, read_definition
from engine.workflow.codec import VERSION

STATES = Path(__file__).parent / "states"
SAVED_AT = datetime(2026, 1, 6, 1, 0, tzinfo=UTC)


def test_there_is_a_saved_state_of_every_version():
    assert {folder.name for folder in STATES.iterdir()} == {f"version_{number}" for number in range(1, VERSION + 1)}


@pytest.fixture(params=sorted(folder.name for folder in STATES.iterdir()))
def saved(request):
    folder = STATES / request.param
    files = {file.name: file.read_bytes() for file in folder.glob("*.bpmn")}
    return read_definition(files, "p"), (folder / "state.bin").read_bytes()


def test_an_old_state_shows_what_it_held(saved):
    step = inspect(*saved)
    assert sorted((task.element_id, task.path, task.role, task.inputs.get("agency")) for task in step.ready) == [
        ("consult", (), None, "finance"),
        ("draft", ("examine",), "officer", None),
        ("in_sequence", (), None, "construction"),
        ("reminded", (), None, None),
    ]
    assert sorted((wait.element_id, wait.due_at, wait.message, wait.attached_to) for wait in step.waits) == [
        ("received", None, "b", None),
        ("remind", SAVED_AT + timedelta(days=1), None, "consult"),
        ("silence", SAVED_AT + timedelta(days=6), None, "consult"),
        ("unpaid", SAVED_AT + timedelta(days=29), None, None),
        ("withdrawn", None, "a", "examine"),
    ]
    assert step.variables == {
        "agencies": ["finance", "construction"],
        "fee": 650000,
        "rate": Decimal("0.5"),
        "received_on": date(2026, 1, 5),
        "received_at": datetime(2026, 1, 5, 1, 0, tzinfo=UTC),
        "record": {"$": 1, "typename": "x"},
        "huge": 10**30,
        "opinions": ["agree"],
    }


def test_an_old_state_goes_on_to_its_end(saved):
    definition, state = saved
    surroundings = Surroundings(now=SAVED_AT)
    state = advance(definition, state, Deliver("b", {"sum": 650000}), surroundings).state
    surroundings = Surroundings(now=SAVED_AT + timedelta(days=1))
    step = advance(definition, state, FireDueTimers(), surroundings)
    assert [task.element_id for task in step.ready].count("reminded") == 2
    for _ in range(20):
        if step.ended:
            break
        step = advance(definition, step.state, Complete(step.ready[0].id, {"opinion": "x"}), surroundings)
    assert step.ended
    assert step.variables["paid"] == 650000
    assert step.variables["opinions"] == ["agree", "x"]
