"""ISO 8601 moments, durations and cycles, as timer events and due dates write them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.workflow.expressions import ExpressionFailed, ExpressionRefused

_DURATION = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,10}(?:\.\d{1,6})?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<times>\d{0,6})/(?P<rest>.+)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; months differ in length, so it only becomes definite when added to a moment."""

    months: int
    exact: timedelta

    def times(self, count: int) -> Duration:
        """This length so many times over."""
        try:
            return Duration(self.months * count, self.exact * count)
        except OverflowError as error:
            raise _too_far() from error

    def after(self, moment: datetime) -> datetime:
        """The moment this much later. A month ends on its last day: 31 January + P1M = 28 (or 29) February."""
        months = moment.month - 1 + self.months
        year, month = moment.year + months // 12, months % 12 + 1
        try:
            day = min(moment.day, monthrange(year, month)[1])
            return moment.replace(year=year, month=month, day=day) + self.exact
        except (ValueError, OverflowError) as error:
            raise _too_far() from error


def _too_far() -> ExpressionFailed:
    return ExpressionFailed("thời hạn quá xa", "the moment is too far away")


MAXIMUM_CAUGHT_UP = 100
"""How many missed rounds of a cycle are made up for one by one; beyond that they are skipped."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeated timer: how often (nothing = without end), the first moment, and the period."""

    times: int | None
    start: datetime | None
    period: Duration

    def first(self, now: datetime) -> tuple[datetime, int]:
        """From which moment the rounds are counted, and which of them comes first."""
        return (self.start, 0) if self.start else (now, 1)

    def round(self, anchor: datetime, number: int) -> datetime:
        """A round's moment in UTC, so many periods after the anchor: a month from 31 January ends on 28 February, two
        on 31 March, in the anchor's own zone."""
        return self.period.times(number).after(anchor).astimezone(UTC)

    def round_after(self, anchor: datetime, number: int, now: datetime) -> int:
        """The number of the round after this one; beyond MAXIMUM_CAUGHT_UP missed ones the last that is not after
        `now`."""
        last = self._last_missed(anchor, number + 1, now)
        return last if last - number - 1 > MAXIMUM_CAUGHT_UP else number + 1

    def _last_missed(self, anchor: datetime, number: int, now: datetime) -> int:
        if not self.period.months:
            return number + max(now - self.round(anchor, number), timedelta()) // self.period.exact
        while self.round(anchor, number) <= now and self.round(anchor, number + 1) <= now:
            number += 1
        return number


def parse_duration(text: str) -> Duration:
    """Read `P30D`, `PT4H`, `P1M`, `P2W` … Raises ExpressionRefused."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ExpressionRefused(
            f"“{text}” không phải khoảng thời gian ISO 8601 (ví dụ P30D, PT4H)",
            f"“{text}” is not an ISO 8601 duration (such as P30D, PT4H)",
        )
    parts = {name: value for name, value in match.groupdict().items() if value}
    months = int(parts.pop("years", 0)) * 12 + int(parts.pop("months", 0))
    try:
        return Duration(months, timedelta(**{name: float(value) for name, value in parts.items()}))
    except OverflowError as error:
        raise ExpressionRefused("khoảng thời gian quá dài", "the duration is too long") from error


def parse_moment(text: str, zone_of: datetime) -> datetime:
    """Read an ISO date and time in UTC; without a zone it is in that of `zone_of`, a bare date is its midnight."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ExpressionRefused(
            f"“{text}” không phải ngày giờ ISO 8601", f"“{text}” is not an ISO 8601 date and time"
        ) from error
    return _in_utc(moment, zone_of)


def _in_utc(moment: datetime, zone_of: datetime) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of.tzinfo)).astimezone(UTC)
    except OverflowError as error:
        raise _too_far() from error


def parse_cycle(text: str, zone_of: datetime) -> Cycle:
    """Read `R3/PT1H`, `R/P1D`, `R5/2026-01-05T08:00:00+07:00/P7D`. Raises ExpressionRefused."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise ExpressionRefused(
            f"“{text}” không phải chu kỳ ISO 8601 (ví dụ R3/PT1H)",
            f"“{text}” is not an ISO 8601 cycle (such as R3/PT1H)",
        )
    times = int(match["times"]) if match["times"] else None
    if times == 0:
        raise ExpressionRefused("chu kỳ phải lặp ít nhất một lần", "the cycle must come at least once")
    first, _, second = match["rest"].partition("/")
    period = parse_duration(second or first)
    if not period.months and period.exact < timedelta(seconds=1):
        raise ExpressionRefused("chu kỳ quá ngắn", "the period is too short")
    return Cycle(times, parse_moment(first, zone_of).astimezone(zone_of.tzinfo) if second else None, period)


def due_moment(value: Any, now: datetime) -> datetime:
    """The moment in UTC that a value means: a moment, a date, a text of either, or a duration counted from `now`."""
    if isinstance(value, datetime):
        return _in_utc(value, now)
    if isinstance(value, date):
        return _in_utc(datetime(value.year, value.month, value.day), now)  # noqa: DTZ001 - the zone is added there
    if isinstance(value, timedelta):
        return _in_utc(Duration(0, value).after(now), now)
    if not isinstance(value, str):
        raise ExpressionFailed(
            "thời hạn phải là ngày giờ hoặc khoảng thời gian", "the time must be a date or a duration"
        )
    try:
        if value.strip().startswith("P"):
            return _in_utc(parse_duration(value).after(now), now)
        return parse_moment(value, now)
    except ExpressionRefused as refused:
        raise ExpressionFailed(refused.reason.vi, refused.reason.en) from refused
