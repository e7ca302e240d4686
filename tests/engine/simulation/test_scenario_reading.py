"""A scenario file says in which line it is wrong, and means what it says."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.settings import PROJECT
from engine.simulation.scenarios import LOCAL_ZONE, ScenarioInvalid, read_scenarios
from engine.worktime import WorkCalendar, read_calendar, read_office_hours

WHOLE = """
- id: straight
  name: Đường thẳng
  received_at: 2022-03-22 09:40
  due: 2022-03-29 09:40
  facts: &facts {case: new, pages: 12, born_on: 1985-02-03, opens_at: 10:40, agrees: no, sworn: true}
  steps:
    - do: receive_dossier
      answers: {decision: accept}
      expect: {open: [give], state: received, fee: 0}
    - {do: give, at: "+2h"}
    - {do: take, at: 16:00}
    - {wait: P1DT2H}
    - {message: withdrawal_requested, at: 2022-03-24 08:00, refused: too_late_to_withdraw}
  end: {state: returned}
- id: second
  name: Thứ hai
  received_at: 2022-03-22 09:40
  facts: {<<: *facts, case: exchange}
  steps:
    - {do: receive_dossier}
  end: {state: received}
"""


def test_a_scenario_is_read_with_its_lines_and_local_times() -> None:
    straight, second = read_scenarios(WHOLE)
    assert (straight.line, straight.received_at.isoformat()) == (2, "2022-03-22T09:40:00+07:00")
    assert straight.facts == {
        "case": "new", "pages": 12, "born_on": "1985-02-03", "opens_at": "10:40", "agrees": "no", "sworn": True,
    }  # fmt: skip
    assert second.facts["case"] == "exchange"
    assert second.facts["pages"] == 12
    first = straight.steps[0]
    assert first.expect is not None
    assert (first.line, first.expect.open, first.expect.fee) == (8, ("give",), 0)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    processes = PROJECT / "processes"
    return read_calendar(processes / "calendar", read_office_hours(processes / "organisation" / "office_hours.yaml"))


def test_each_step_knows_when_it_happens(calendar: WorkCalendar) -> None:
    moment = (scenario := read_scenarios(WHOLE)[0]).received_at
    times = []
    for step in scenario.steps:
        moment = step.until(moment, calendar)
        times.append(f"{moment.astimezone(LOCAL_ZONE):%d %H:%M}")
    assert times == ["22 09:40", "22 13:10", "22 16:00", "23 18:00", "24 08:00"]


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("+1d", "28 16:30"),  # a Friday
        ("+2h", "28 09:00"),
        ("+40m", "28 07:40"),
        ("17:00", "25 17:00"),
        ("2022-03-26 08:00", "26 08:00"),
    ],
)
def test_what_people_do_later_is_counted_in_working_time(calendar: WorkCalendar, at: str, moment: str) -> None:
    step = read_scenarios(WHOLE.replace('at: "+2h"', f'at: "{at}"'))[0].steps[1]
    found = step.until(datetime(2022, 3, 25, 16, 30, tzinfo=LOCAL_ZONE), calendar)
    assert f"{found.astimezone(LOCAL_ZONE):%d %H:%M}" == moment


@pytest.mark.parametrize(("wait", "moment"), [("P1D", "26 16:30"), ("PT4H", "25 20:30")])
def test_a_wait_is_counted_by_the_calendar_on_the_wall(calendar: WorkCalendar, wait: str, moment: str) -> None:
    step = read_scenarios(WHOLE.replace("P1DT2H", wait))[0].steps[3]
    found = step.until(datetime(2022, 3, 25, 16, 30, tzinfo=LOCAL_ZONE), calendar)
    assert f"{found.astimezone(LOCAL_ZONE):%d %H:%M}" == moment


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  name: Đường thẳng\n", "", 2),
        ("state: returned", "stat: returned", 15),
        ('at: "+2h"', "at: later", 11),
        ("wait: P1DT2H", "wait: forever", 13),
        ("{do: take, at: 16:00}", "{do: take, wait: P1D}", 12),
        ("{do: take, at: 16:00}", "{take: 1}", 12),
        ("{do: take, at: 16:00}", "{reassign: take, at: 16:00}", 12),
        ("{do: take, at: 16:00}", "{do: take, to: officer.ldtbxh}", 12),
        ("{do: take, at: 16:00}", "{apologise: soon}", 12),
        ("{do: take, at: 16:00}", "{allow: refusal}", 12),
        ("due: 2022-03-29 09:40", "due: 29/3/2022", 2),
        ("fee: 0", "fee: free", 10),
        ("fee: 0", "refunded: true", 10),
        ("open: [give]", "open: give", 10),
        ("id: second", "id: straight", 16),
        ("  name: Thứ hai", "  name: a\n  name: b", 16),
        ("- id: second", "- id: [second", 17),
        ("at: 16:00", "at: 26:00", 12),
    ],
)
def test_a_mistake_is_found_in_its_line(old: str, new: str, line: int) -> None:
    assert old in WHOLE
    with pytest.raises(ScenarioInvalid) as refused:
        read_scenarios(WHOLE.replace(old, new, 1))
    assert refused.value.line == line, refused.value
    assert f"dòng {line}" in refused.value.message("vi")


@pytest.mark.parametrize(
    "content", ["", "a", "[]", "a: 1", "- 1", b"\xff", "- !!python/object:os.system {}", "[" * 3000]
)
def test_what_is_no_list_of_scenarios_is_refused(content: str | bytes) -> None:
    with pytest.raises(ScenarioInvalid):
        read_scenarios(content)


@given(st.text(alphabet="-: {}[]&*<!|>#'\"\n abdt0129", max_size=80))
def test_any_text_is_either_scenarios_or_refused(content: str) -> None:
    with pytest.raises(ScenarioInvalid):
        read_scenarios(content)
