"""What a stopped clock does to a due moment when the applicant has answered."""

from __future__ import annotations

import datetime

from engine.words import Words
from engine.worktime.calendar import WorkCalendar
from engine.worktime.deadlines import (
    Limit,
    LimitUnit,
    add_working_days,
    add_working_minutes,
    closing_on_or_after,
    due_at,
    local_minute,
    locate,
    working_minutes_between,
)
from engine.worktime.refusals import SuspensionReversed


class SuspensionPolicy(Words):
    """How a procedure goes on after waiting for the applicant; sector law decides which."""

    EXTEND = "extend", "cộng thêm thời gian chờ (theo phút làm việc)", "extended by the working minutes waited"
    EXTEND_DAYS = "extend_days", "cộng thêm số ngày chờ", "extended by the days waited"
    RESTART = "restart", "tính lại từ đầu", "counted again from the answer"


def resume_due(
    calendar: WorkCalendar,
    due: datetime.datetime | None,
    suspended_at: datetime.datetime,
    resumed_at: datetime.datetime,
    policy: SuspensionPolicy,
    limit: Limit,
) -> datetime.datetime | None:
    """The due moment after the clock stood still from `suspended_at` to `resumed_at`; None stays None.

    A limit in calendar days is extended by calendar days under both extending policies. Raises SuspensionReversed.
    """
    if resumed_at < suspended_at:
        raise SuspensionReversed()
    if due is None or limit.unit is LimitUnit.NONE:
        return None
    if policy is SuspensionPolicy.RESTART:
        return due_at(calendar, resumed_at, limit)
    if limit.unit is LimitUnit.CALENDAR_DAYS:
        waited = local_minute(resumed_at)[0] - local_minute(suspended_at)[0]
        return closing_on_or_after(calendar, local_minute(due)[0] + waited)
    if policy is SuspensionPolicy.EXTEND_DAYS:
        days = locate(calendar, resumed_at)[0] - locate(calendar, suspended_at)[0]
        return add_working_days(calendar, due, days)
    return add_working_minutes(calendar, due, working_minutes_between(calendar, suspended_at, resumed_at))
