"""A scenario that tells the wrong story fails, at the right step, and says what was different."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, Event
from engine.simulation.playing import ScenarioFailed, play
from engine.simulation.scenarios import Scenario, read_scenarios

CODE = "2.000134"
STORY = """
- id: story
  name: Câu chuyện
  received_at: 2022-03-22 09:40
  due: 2022-03-29 09:40
  facts: {equipment_name: A, quantity: 1, serial_number: B, place_of_use: C, inspector: D, inspection_number: E,
          inspection_valid_until: 2024-03-01}
  steps:
    - {do: receive_dossier, expect: {open: [give], state: received, fee: 0, due: 2022-03-29 09:40, unit: LDTBXH}}
    - {do: give, at: "+10m", answers: {packets: 1}}
    - {message: withdrawal_requested, at: "+1h", expect: {open: [confirm_withdrawal]}}
    - {do: confirm_withdrawal, at: 16:00}
  end: {state: stopped}
"""


@pytest.fixture
def story(published: object) -> Scenario:
    """A short true story."""
    return read_scenarios(STORY)[0]


def told(old: str, new: str) -> Scenario:
    """The story with one thing told otherwise."""
    assert old in STORY
    return read_scenarios(STORY.replace(old, new, 1))[0]


def test_a_true_story_ends_with_a_closed_dossier(session: Session, story: Scenario) -> None:
    dossier = play(session, story, CODE)
    assert (dossier.state, dossier.closed_at is not None) == ("stopped", True)


@pytest.mark.parametrize(
    ("old", "new", "number", "said"),
    [
        ("due: 2022-03-29 09:40\n", "due: 2022-03-30 09:40\n", 1, "2022-03-30 09:40, thực tế / found 2022-03-29"),
        ("open: [give]", "open: [take]", 1, "['take'] ≠ ['give']"),
        ("state: received", "state: assigned", 1, "expected assigned, thực tế / found received"),
        ("fee: 0", "fee: 5", 1, "expected 5"),
        ("fee: 0", "refunded: 5", 1, "expected 5"),
        ("unit: LDTBXH", "unit: NV", 1, "expected NV"),
        ("packets: 1", "packets: 0", 2, "packets"),
        ("do: give", "do: take", 2, "give (QUAY1)"),
        ('do: give, at: "+10m"', "do: give, at: 09:00", 2, "backwards"),
        ("do: give,", "do: give, by: nobody,", 2, "nobody"),
        ("do: give,", "do: give, by: officer.ldtbxh,", 2, "refused"),
        ('at: "+1h"', 'at: "+1h", refused: too_late_to_withdraw', 3, "should have been refused"),
        ("do: give,", "reassign: give, to: nobody,", 2, "nobody"),
        ("do: give,", "reassign: take, to: post_clerk.quay1,", 2, "take"),
        ("do: give,", "reassign: give, to: officer.ldtbxh,", 2, "refused"),
        ("do: give,", "apologise: 2022-03-31,", 2, "required"),
        ("do: give,", "apologise: 2022-03-31, by: officer.ldtbxh,", 2, "not_for_leaders"),
        ("do: give,", "allow: supplement,", 2, "required"),
        ("do: give,", "transfer: VHTTDL,", 2, "required"),
        ("withdrawal_requested", "deposit_confirmed", 3, "deposit_confirmed"),
        ("state: stopped", "state: returned", 0, "expected returned"),
        ("    - {do: confirm_withdrawal, at: 16:00}\n  end: {state: stopped", "  end: {state: withdrawal_requested", 0,
         "not closed"),
    ],
)  # fmt: skip
def test_a_false_story_fails_where_it_is_false(
    session: Session, published: object, old: str, new: str, number: int, said: str
) -> None:
    with pytest.raises(ScenarioFailed) as failed:
        play(session, told(old, new), CODE)
    assert failed.value.number == number
    assert said in str(failed.value)
    assert str(failed.value.line) in str(failed.value)


def test_a_promise_is_compared_with_what_was_promised(session: Session, published: object) -> None:
    apology = "apologise: 2022-03-31, answers: {reason: Chờ}, expect: {promised: 2022-03-31 16:00}"
    with pytest.raises(ScenarioFailed, match="found 2022-03-31 17:00"):
        play(session, told('do: give, at: "+10m", answers: {packets: 1}', apology), CODE)


def test_a_refused_step_leaves_nothing_behind(session: Session, story: Scenario) -> None:
    """The refusal is expected, the event log does not grow by it, and the story goes on."""

    def events(scenario: Scenario) -> int:
        dossier = play(session, scenario, CODE)
        return session.scalar(select(func.count()).select_from(Event).where(Event.dossier_id == dossier.id)) or 0

    refused = replace(story.steps[1], answers={"packets": 0}, refused="form_refused", until=lambda before, _: before)
    assert events(replace(story, steps=(story.steps[0], refused, *story.steps[1:]))) == events(story)


def test_an_accepted_dossier_is_refused_when_it_lacks_papers(session: Session, published: object) -> None:
    with pytest.raises(ScenarioFailed, match="reception_refused"):
        play(session, told("do: receive_dossier,", "do: receive_dossier, without: [declaration],"), CODE)
    with pytest.raises(ScenarioFailed, match="no such component"):
        play(session, told("do: receive_dossier,", "do: receive_dossier, without: [passport],"), CODE)


def test_two_stories_do_not_meet(session: Session, story: Scenario) -> None:
    first, second = play(session, story, CODE), play(session, story, CODE)
    assert first.number != second.number
    assert session.scalar(select(func.count()).select_from(Dossier).where(Dossier.id.in_([first.id, second.id]))) == 2
