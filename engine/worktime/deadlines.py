"""From a moment and a time limit to the moment it is due, in the working time of one office.

The first day counted is the working day after reception, and the due time keeps the hour and the minute of reception.
Reception outside office hours counts from the next opening. Moments are aware, whole minutes (seconds are dropped),
returned in UTC and computed in Asia/Ho_Chi_Minh.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from engine.words import Words
from engine.worktime.calendar import TIME_ZONE, WorkCalendar
from engine.worktime.refusals import LimitInvalid, LimitUnitUnknown


class LimitUnit(Words):
    """What a time limit is counted in."""

    WORKING_DAYS = "working_days", "ngày làm việc", "working day"
    CALENDAR_DAYS = "calendar_days", "ngày", "calendar day"
    WORKING_HOURS = "working_hours", "giờ làm việc", "working hour"
    SAME_DAY = "same_day", "trong ngày", "same day"
    NONE = "none", "không quy định thời hạn", "no time limit"


COUNTED = (LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS, LimitUnit.WORKING_HOURS)


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: an amount above 0 of a counted unit, or no amount for "same day" and "none".

    Raises LimitInvalid. A limit of zero days is refused: where nothing has to be waited for, the unit says so.
    """

    amount: Decimal | int
    unit: LimitUnit

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, (int, Decimal)):
            raise LimitInvalid(amount=self.amount, unit=self.unit)
        amount = Decimal(self.amount)
        counted = self.unit in COUNTED
        whole = self.unit is not LimitUnit.CALENDAR_DAYS or (
            amount.is_finite() and amount == amount.to_integral_value()
        )
        if not amount.is_finite() or (amount <= 0) == counted or amount < 0 or not whole:
            raise LimitInvalid(amount=self.amount, unit=self.unit)
        object.__setattr__(self, "amount", amount)

    @classmethod
    def read(cls, amount: str, unit: str) -> Limit:
        """A limit from two texts of a procedure's data, "4,5" or "4.5" and "working_days"; raises Invalid ones."""
        if unit not in [member.value for member in LimitUnit]:
            raise LimitUnitUnknown(unit=unit, known=", ".join(member.value for member in LimitUnit))
        try:
            return cls(Decimal(amount.strip().replace(",", ".") or "0"), LimitUnit(unit))
        except InvalidOperation:
            raise LimitInvalid(amount=amount, unit=LimitUnit(unit)) from None

    def title_in(self, language: str) -> str:
        """The limit as an office writes it: "5 ngày làm việc", "4,5 ngày làm việc", "10 ngày", "trong ngày"."""
        title = self.unit.title_in(language)
        if self.unit not in COUNTED:
            return title
        amount = f"{Decimal(self.amount).normalize():f}"
        if language == "vi":
            return f"{amount.replace('.', ',')} {title}"
        return f"{amount} {title}" + ("" if self.amount == 1 else "s")

    @property
    def vi(self) -> str:
        """The limit in Vietnamese."""
        return self.title_in("vi")

    @property
    def en(self) -> str:
        """The limit in English."""
        return self.title_in("en")


def due_at(calendar: WorkCalendar, received_at: datetime.datetime, limit: Limit) -> datetime.datetime | None:
    """When something received at `received_at` is due; None without a limit; raises CalendarYearMissing."""
    return _DUE[limit.unit](calendar, received_at, Decimal(limit.amount))


def clock_start(calendar: WorkCalendar, moment: datetime.datetime) -> datetime.datetime:
    """The first moment of office time at or after `moment`; the minute of closing still belongs to its day."""
    position, minute = locate(calendar, moment)
    return calendar.work_day(position).at(minute)


def add_working_days(calendar: WorkCalendar, moment: datetime.datetime, days: int) -> datetime.datetime:
    """`moment` moved by whole working days, forward or (negative) back, keeping the hour and minute of its clock start.

    Where that minute lies outside the hours of the day arrived at, it moves to the next session or back to closing.
    """
    position, minute = locate(calendar, moment)
    day = calendar.work_day(position + days)
    return day.at(day.during(minute))


def add_working_minutes(calendar: WorkCalendar, moment: datetime.datetime, minutes: int) -> datetime.datetime:
    """The first moment at which `minutes` (>= 0) of working time have passed since `moment`."""
    position, minute = locate(calendar, moment)
    return _advance(calendar, position, minute, minutes)


def working_minutes_between(calendar: WorkCalendar, start: datetime.datetime, end: datetime.datetime) -> int:
    """The minutes of working time from `start` to `end`; negative when `end` is the earlier one."""
    return working_minutes_until(calendar, end) - working_minutes_until(calendar, start)


def hand_over_due(calendar: WorkCalendar, received_at: datetime.datetime) -> datetime.datetime:
    """When a dossier must have left the counter: closing time, or the next opening if received after the cut-off."""
    position, late = _same_day(calendar, received_at)
    day = calendar.work_day(position)
    return day.at(day.opening if late else day.closing)


def locate(calendar: WorkCalendar, moment: datetime.datetime) -> tuple[int, int]:
    """The position of the working day and the minute of it at which the clock of `moment` starts."""
    date, minute = local_minute(moment)
    position = calendar.position(date)
    day = calendar.work_day(position)
    if day.date != date:
        return position, day.opening
    if minute > day.closing:
        return position + 1, calendar.work_day(position + 1).opening
    return position, day.during(minute)


def working_minutes_until(calendar: WorkCalendar, moment: datetime.datetime) -> int:
    """The working minutes from the calendar's first day to `moment`."""
    date, minute = local_minute(moment)
    position = calendar.position(date)
    inside = calendar.is_working_day(date)
    return calendar.minutes_before[position] + (calendar.work_day(position).elapsed(minute) if inside else 0)


def local_minute(moment: datetime.datetime) -> tuple[datetime.date, int]:
    """The local date and minute after midnight of an aware moment; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be placed in working time")
    local = moment.astimezone(TIME_ZONE)
    return local.date(), local.hour * 60 + local.minute


def _advance(calendar: WorkCalendar, position: int, minute: int, minutes: int) -> datetime.datetime:
    """The first moment `minutes` of working time after a minute of the working day at `position`."""
    if minutes < 0:
        raise ValueError("working minutes can only be added")
    day = calendar.work_day(position)
    if minutes == 0:
        return day.at(minute)
    target = calendar.minutes_before[position] + day.elapsed(minute) + minutes
    reached = bisect_left(calendar.minutes_before, target) - 1
    return calendar.work_day(reached).at(
        calendar.work_day(reached).minute_after(target - calendar.minutes_before[reached])
    )


def _same_day(calendar: WorkCalendar, received_at: datetime.datetime) -> tuple[int, bool]:
    """The working day on which a same-day matter is due, and whether that is because it came after the cut-off."""
    date, minute = local_minute(received_at)
    position = calendar.position(date)
    day = calendar.work_day(position)
    late = day.date == date and minute > min(day.same_day_cut_off, day.closing)
    return position + late, late or day.date != date


def _due_in_working_days(calendar: WorkCalendar, received_at: datetime.datetime, amount: Decimal) -> datetime.datetime:
    """Whole days keep the clock time; a part of a day is that part of the real working time of the day reached."""
    whole = int(amount)
    position, minute = locate(calendar, received_at)
    day = calendar.work_day(position + whole)
    part = ((amount - whole) * day.minutes).to_integral_value(ROUND_CEILING)
    return _advance(calendar, position + whole, day.during(minute), int(part))


def _due_in_calendar_days(calendar: WorkCalendar, received_at: datetime.datetime, amount: Decimal) -> datetime.datetime:
    """Every day counts, but a limit that ends on a day off ends with the next working day."""
    position, _ = locate(calendar, received_at)
    last_day = calendar.work_day(position).date + datetime.timedelta(days=int(amount))
    return closing_on_or_after(calendar, last_day)


def closing_on_or_after(calendar: WorkCalendar, date: datetime.date) -> datetime.datetime:
    """The closing of the office on `date`, or on the next working day when `date` is a day off."""
    day = calendar.work_day(calendar.position(date))
    return day.at(day.closing)


def _due_in_working_hours(calendar: WorkCalendar, received_at: datetime.datetime, amount: Decimal) -> datetime.datetime:
    return add_working_minutes(calendar, received_at, int((amount * 60).to_integral_value(ROUND_CEILING)))


def _due_the_same_day(calendar: WorkCalendar, received_at: datetime.datetime, _: Decimal) -> datetime.datetime:
    position, _late = _same_day(calendar, received_at)
    day = calendar.work_day(position)
    return day.at(day.closing)


def _due_never(_calendar: WorkCalendar, _received_at: datetime.datetime, _amount: Decimal) -> None:
    return None


_DUE: dict[LimitUnit, Callable[[WorkCalendar, datetime.datetime, Decimal], datetime.datetime | None]] = {
    LimitUnit.WORKING_DAYS: _due_in_working_days,
    LimitUnit.CALENDAR_DAYS: _due_in_calendar_days,
    LimitUnit.WORKING_HOURS: _due_in_working_hours,
    LimitUnit.SAME_DAY: _due_the_same_day,
    LimitUnit.NONE: _due_never,
}
