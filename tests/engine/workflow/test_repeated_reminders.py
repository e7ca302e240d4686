"""Reminders that repeat: each round is counted from the beginning, by the office's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import zstandard

from engine.workflow import FireDueTimers, Surroundings, advance, shift_timers, start
from engine.workflow.codec import state_document

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def monthly(draw, cycle: str, began: str) -> list[str]:
    """The days (at the office) of a monthly reminder's rounds within the 400 days after it began."""
    reminder = draw.boundary("remind", "work", draw.timer(cycle, "timeCycle"), interrupting=False)
    definition, now = draw.with_boundary(reminder), datetime.fromisoformat(began).replace(tzinfo=HANOI)
    step, days = start(definition, {}, Surroundings(now=now)), []
    while step.next_due_at is not None and step.next_due_at < now + timedelta(days=400):
        days.append(step.next_due_at.astimezone(HANOI).isoformat()[:16])
        step = advance(definition, step.state, FireDueTimers(), Surroundings(now=step.next_due_at))
    return days


def test_a_monthly_reminder_from_the_31st_comes_on_the_last_days_of_the_months(draw):
    days = monthly(draw, "R/P1M", "2026-01-31T09:00")
    assert [day[5:10] for day in days] == [
        "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31", "01-31",
        "02-28",
    ]  # fmt: skip
    assert {day[10:] for day in days} == {"T09:00"}
    assert [day[:10] for day in monthly(draw, "R3/P1M", "2028-01-31T09:00")] == [
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
    ]


def test_a_reminder_that_says_when_it_begins_is_counted_from_there(draw):
    assert [day[:10] for day in monthly(draw, "R4/2026-10-31T09:00:00/P1M", "2026-10-01T09:00")] == [
        "2026-10-31",
        "2026-11-30",
        "2026-12-31",
        "2027-01-31",
    ]
    assert monthly(draw, "R3/2024-02-29T09:00:00/P2Y", "2027-03-01T09:00") == ["2028-02-29T09:00"]


def test_months_are_those_of_the_office_and_not_of_utc(draw):
    assert [day[5:] for day in monthly(draw, "R3/P1M", "2026-01-31T00:30")] == [
        "02-28T00:30",
        "03-31T00:30",
        "04-30T00:30",
    ]
    assert monthly(draw, "R2/2026-03-31T00:30:00/P1M", "2026-03-01T00:30") == ["2026-03-31T00:30", "2026-04-30T00:30"]


def test_a_monthly_reminder_that_was_moved_keeps_its_distance_from_its_months(draw):
    reminder = draw.boundary("remind", "work", draw.timer("R3/P1M", "timeCycle"), interrupting=False)
    definition, days = draw.with_boundary(reminder), []
    step = start(definition, {}, Surroundings(now=datetime(2026, 1, 31, 2, tzinfo=UTC)))
    step = shift_timers(definition, step.state, timedelta(days=2))
    while step.next_due_at is not None:
        days.append(step.next_due_at)
        step = advance(definition, step.state, FireDueTimers(), Surroundings(now=step.next_due_at))
    assert [f"{day:%m-%d}" for day in days] == ["03-02", "04-02", "05-02"]


def test_a_reminder_of_a_state_saved_before_rounds_were_counted_goes_on_from_where_it_stood(draw):
    reminder = draw.boundary("remind", "work", draw.timer("R3/P1M", "timeCycle"), interrupting=False)
    definition = draw.with_boundary(reminder)
    step = start(definition, {}, Surroundings(now=datetime(2026, 1, 31, 2, tzinfo=UTC)))
    document = state_document(step.state)
    (own,) = [row[4] for row in document["t"] if row[4] and "cycle" in row[4]]
    del own["from"], own["round"]
    state = step.state[:4] + zstandard.compress(orjson.dumps(document))
    surroundings = Surroundings(now=datetime(2026, 2, 28, 2, tzinfo=UTC))
    assert advance(definition, state, FireDueTimers(), surroundings).next_due_at == datetime(2026, 3, 28, 2, tzinfo=UTC)
