"""Scenarios: what a designer expects of a procedure, written in YAML beside its diagram.

A file is a list of scenarios; processes/README.md describes the format. Moments without a zone are local
(Asia/Ho_Chi_Minh); every object knows the line it stands on, so that a failure points into the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NoReturn
from zoneinfo import ZoneInfo

import yaml

from engine.refusals import Invalid
from engine.worktime import WorkCalendar, add_working_days, add_working_minutes

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LARGEST_FILE = 500_000
Until = Callable[[datetime, WorkCalendar], datetime]
"""From the moment of the step before to the moment of a step, where office hours count by the calendar."""

_SCENARIO_KEYS = frozenset(
    {
        *("id", "name", "note", "filed_at", "received_at", "channel", "return_method", "return_address", "applicant"),
        *("deciding_unit", "fee_exempt", "facts", "due", "steps", "end"),
    }
)
STEP_KINDS = ("do", "reassign", "apologise", "allow", "transfer", "late_opinion", "wait", "message")
_STEP_KEYS = frozenset({*STEP_KINDS, "to", "by", "unit", "answers", "without", "at", "expect", "refused", "note"})
_EXPECT_KEYS = frozenset({"open", "waiting", "state", "due", "promised", "fee", "refunded", "unit"})
_END_KEYS = frozenset({"state", "result", "processed", "due", "note"})
_SHIFT = re.compile(r"\+(\d{1,4})([mhd])")
_PERIOD = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")


class ScenarioInvalid(Invalid):
    """A scenario file that cannot be used; says the line, what is wrong and what may stand there."""

    vi = "Tệp kịch bản, dòng {line}: {what_vi}"
    en = "Scenario file, line {line}: {what_en}"

    def __init__(self, line: int, vi: str, en: str) -> None:
        self.line = line
        super().__init__(line=line, what_vi=vi, what_en=en)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true after a step; None means that the scenario does not say."""

    line: int
    open: tuple[str, ...] | None = None
    """Element ids of all open user tasks; one id several times for several instances."""
    waiting: tuple[str, ...] | None = None
    """Element ids of the messages and timers waited for that are not attached to a task."""
    state: str | None = None
    due: datetime | None = None
    promised: datetime | None = None
    fee: int | None = None
    """The sum of all charges, VND."""
    refunded: int | None = None
    """What has gone back to the applicant so far, VND."""
    unit: str | None = None
    """Code of the deciding unit."""


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One thing that happens: somebody does a task or decides off the ordinary way, time passes, a message comes."""

    line: int
    kind: Literal["do", "reassign", "apologise", "allow", "transfer", "late_opinion", "wait", "message"]
    target: str
    """The element id, the day promised, `supplement`, a unit's code, the message's name, or nothing for a wait."""
    until: Until
    by: str | None = None
    """A user name; without it somebody who holds the task's role in its unit, or who may re-assign it."""
    to: str | None = None
    """The user name of who gets a task that is re-assigned."""
    unit: str | None = None
    """Which of several instances is meant: the one that lies with this unit."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    """Codes of the required components that are not handed in."""
    expect: Expectation | None = None
    refused: str | None = None
    """The code of the refusal that the step must meet; nothing changes then."""


@dataclass(frozen=True, slots=True)
class ScenarioEnd:
    """How it all ends."""

    line: int
    state: str
    result: str | None = None
    """`approval` or `refusal`, as the result was issued."""
    processed: datetime | None = None
    """When processing must have ended."""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story of one dossier, from the counter to the end."""

    id: str
    name: str
    line: int
    received_at: datetime
    filed_at: datetime | None
    facts: Mapping[str, Any]
    steps: tuple[ScenarioStep, ...]
    end: ScenarioEnd
    due: datetime | None
    """The due date on the receipt."""
    channel: str = "counter"
    return_method: str = "counter"
    return_address: str = ""
    applicant: Mapping[str, Any] = field(default_factory=dict)
    deciding_unit: str | None = None
    fee_exempt: bool = False


def read_scenarios(content: str | bytes) -> tuple[Scenario, ...]:
    """Read one scenarios.yaml; raises ScenarioInvalid with the line of the first mistake."""
    entries = _load(content)
    if not isinstance(entries, list) or not entries:
        _wrong(1, "tệp phải là một danh sách kịch bản, mỗi kịch bản bắt đầu bằng “- id:”.",
               "the file must be a list of scenarios, each beginning with “- id:”.")  # fmt: skip
    scenarios = tuple(_scenario(entry) for entry in entries)
    seen: set[str] = set()
    for scenario in scenarios:
        if scenario.id in seen:
            _wrong(scenario.line, f"id “{scenario.id}” bị trùng.", f"the id “{scenario.id}” is used twice.")
        seen.add(scenario.id)
    return scenarios


class _Lines(dict[Any, Any]):
    """A YAML mapping that remembers the line it begins on."""

    line = 0


class _Loader(yaml.SafeLoader):
    """YAML without surprises: no dates or clock times made out of texts, and every mapping knows its line."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Lines:
    keys = [key.value for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            line = node.start_mark.line + 1
            _wrong(line, f"khoá “{key}” được viết hai lần.", f"the key “{key}” is written twice.")
    loader.flatten_mapping(node)
    found = _Lines(loader.construct_mapping(node, deep=True))
    found.line = node.start_mark.line + 1
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# YAML 1.1 would read 10:40 as 640, 2022-03-22 as a date and "no" as false; here only plain numbers and true, false are.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9]\d*)$", re.ASCII), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^-?\d+\.\d+$", re.ASCII), list("-0123456789"))


def _load(content: str | bytes) -> Any:
    if len(content) > LARGEST_FILE:
        _wrong(1, "tệp lớn hơn 500 KB.", "the file is larger than 500 KB.")
    try:
        return yaml.load(content, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        _wrong(line, f"không đọc được YAML: {error.problem}.", f"this is not readable YAML: {error.problem}.")
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        _wrong(1, f"không đọc được YAML: {error}.", f"this is not readable YAML: {error}.")


def _wrong(line: int, vi: str, en: str) -> NoReturn:
    raise ScenarioInvalid(line, vi, en)


def _scenario(entry: Any) -> Scenario:
    found = _object(entry, _SCENARIO_KEYS, 1, "kịch bản", "a scenario")
    line = found.line
    received_at = _moment(found, "received_at")
    if received_at is None:
        _wrong(line, "thiếu “received_at” (ngày giờ tiếp nhận).", "“received_at” (when it is received) is missing.")
    steps = found.get("steps")
    if not isinstance(steps, list) or not steps:
        _wrong(line, "thiếu “steps” (các bước).", "“steps” is missing.")
    return Scenario(
        id=_text(found, "id") or _wrong(line, "thiếu “id”.", "“id” is missing."),
        name=_text(found, "name") or _wrong(line, "thiếu “name”.", "“name” is missing."),
        line=line,
        received_at=received_at,
        filed_at=_moment(found, "filed_at"),
        facts=_free(found, "facts"),
        steps=tuple(_step(step, line) for step in steps),
        end=_end(found.get("end"), line),
        due=_moment(found, "due"),
        channel=_text(found, "channel") or "counter",
        return_method=_text(found, "return_method") or "counter",
        return_address=_text(found, "return_address") or "",
        applicant=_free(found, "applicant"),
        deciding_unit=_text(found, "deciding_unit"),
        fee_exempt=found.get("fee_exempt") is True,
    )


def _step(entry: Any, line: int) -> ScenarioStep:
    found = _object(entry, _STEP_KEYS, line, "bước", "a step")
    kinds = [kind for kind in STEP_KINDS if kind in found]
    if len(kinds) != 1:
        listed = ", ".join(f"“{kind}”" for kind in STEP_KINDS)
        _wrong(found.line, f"mỗi bước có đúng một trong {listed}.", f"a step has exactly one of {listed}.")
    kind = kinds[0]
    if (kind == "reassign") != ("to" in found):
        _wrong(found.line, "“reassign” đi cùng “to” (người nhận việc), và chỉ khi đó mới có “to”.",
               "“reassign” comes with “to” (who gets the task), and “to” with nothing else.")  # fmt: skip
    return ScenarioStep(
        line=found.line,
        kind=kind,  # type: ignore[arg-type]
        target=_target(found, kind),
        until=_wait(found) if kind == "wait" else _shift(found),
        by=_text(found, "by"),
        to=_text(found, "to"),
        unit=_text(found, "unit"),
        answers=_free(found, "answers"),
        without=_texts(found, "without") or (),
        expect=_expectation(found["expect"], found.line) if "expect" in found else None,
        refused=_text(found, "refused"),
    )


def _target(found: _Lines, kind: str) -> str:
    """What the step is about; a promise is for a day, and only a further supplement can be allowed."""
    target = "" if kind == "wait" else _text(found, kind) or ""
    if kind == "apologise" and not _is_day(target):
        _wrong(found.line, f"“apologise” phải là ngày hẹn lại, ví dụ 2022-03-31, không phải “{target}”.",
               f"“apologise” must be the new day, for example 2022-03-31, not “{target}”.")  # fmt: skip
    if kind == "allow" and target != "supplement":
        _wrong(found.line, f"“allow” chỉ có thể là supplement, không phải “{target}”.",
               f"“allow” can only be supplement, not “{target}”.")  # fmt: skip
    return target


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _expectation(entry: Any, line: int) -> Expectation:
    found = _object(entry, _EXPECT_KEYS, line, "“expect”", "“expect”")
    return Expectation(
        line=found.line,
        open=_texts(found, "open"),
        waiting=_texts(found, "waiting"),
        state=_text(found, "state"),
        due=_moment(found, "due"),
        promised=_moment(found, "promised"),
        fee=_amount(found, "fee"),
        refunded=_amount(found, "refunded"),
        unit=_text(found, "unit"),
    )


def _end(entry: Any, line: int) -> ScenarioEnd:
    found = _object(entry, _END_KEYS, line, "“end”", "“end”")
    state = _text(found, "state")
    if not state:
        _wrong(found.line, "“end” phải nêu “state”.", "“end” must give “state”.")
    return ScenarioEnd(found.line, state, _text(found, "result"), _moment(found, "processed"), _moment(found, "due"))


def _object(entry: Any, known: frozenset[str], line: int, vi: str, en: str) -> _Lines:
    if not isinstance(entry, _Lines):
        _wrong(line, f"{vi} phải là một nhóm “khoá: giá trị”.", f"{en} must be a group of “key: value”.")
    unknown = [str(key) for key in entry if key not in known]
    if unknown:
        allowed = ", ".join(sorted(known))
        _wrong(entry.line, f"{vi} không có khoá “{unknown[0]}”. Các khoá: {allowed}.",
               f"{en} has no key “{unknown[0]}”. The keys are: {allowed}.")  # fmt: skip
    return entry


def _text(found: _Lines, key: str) -> str | None:
    value = found.get(key)
    if value is not None and not isinstance(value, str):
        _wrong(
            found.line, f"“{key}” phải là chữ, hãy đặt trong dấu nháy.", f"“{key}” must be a text, put it in quotes."
        )
    return value


def _texts(found: _Lines, key: str) -> tuple[str, ...] | None:
    value = found.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        _wrong(found.line, f"“{key}” phải là danh sách, ví dụ [give].", f"“{key}” must be a list, for example [give].")
    return tuple(value)


def _free(found: _Lines, key: str) -> Mapping[str, Any]:
    value = found.get(key, {})
    if not isinstance(value, dict):
        _wrong(found.line, f"“{key}” phải là một nhóm “khoá: giá trị”.", f"“{key}” must be a group of “key: value”.")
    return dict(value)


def _moment(found: _Lines, key: str) -> datetime | None:
    value = found.get(key)
    return None if value is None else _local(value, found.line, key)


def _amount(found: _Lines, key: str) -> int | None:
    amount = found.get(key)
    if amount is None or (isinstance(amount, int) and not isinstance(amount, bool)):
        return amount
    _wrong(found.line, f"“{key}” là số tiền (đồng).", f"“{key}” is an amount in VND.")


def _local(value: Any, line: int, key: str) -> datetime:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL_ZONE)
    except ValueError:
        _wrong(line, f"“{key}” phải viết như 2022-03-22 09:40, không phải “{value}”.",
               f"“{key}” must be written like 2022-03-22 09:40, not “{value}”.")  # fmt: skip


def _shift(found: _Lines) -> Until:
    """`at`: "+30m", "+2h", "+1d" of working time after the step before, a time of the same day, or a date and time."""
    value = _text(found, "at")
    if value is None:
        return lambda before, calendar: before
    if shift := _SHIFT.fullmatch(value):
        amount, unit = int(shift[1]), shift[2]
        if unit == "d":
            return lambda before, calendar: add_working_days(calendar, before, amount)
        minutes = amount * (60 if unit == "h" else 1)
        return lambda before, calendar: add_working_minutes(calendar, before, minutes)
    if re.fullmatch(r"\d{1,2}:\d{2}", value):
        try:
            clock = time.fromisoformat(value.zfill(5))
        except ValueError:
            _wrong(found.line, f"“{value}” không phải giờ.", f"“{value}” is not a time of day.")
        return lambda before, calendar: datetime.combine(before.astimezone(LOCAL_ZONE).date(), clock, LOCAL_ZONE)
    moment = _local(value, found.line, "at")
    return lambda before, calendar: moment


def _wait(found: _Lines) -> Until:
    """`wait`: an ISO 8601 period such as P31D or PT4H by the calendar on the wall, or a date and time."""
    value = _text(found, "wait") or ""
    period = _PERIOD.fullmatch(value)
    if period is None or not any(period.groups()):
        moment = _local(value, found.line, "wait")
        return lambda before, calendar: moment
    weeks, days, hours, minutes = (int(group or 0) for group in period.groups())
    passed = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    return lambda before, calendar: before + passed


def differences(expected: Sequence[str], found: Sequence[str]) -> str:
    """How two lists of ids differ, whatever their order; empty when they agree."""
    return "" if sorted(expected) == sorted(found) else f"{sorted(expected)} ≠ {sorted(found)}"


def today_of(moment: datetime) -> date:
    """The local date of a moment."""
    return moment.astimezone(LOCAL_ZONE).date()
