"""Who is competent on a day, and when log-in is refused: pure rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.organisation.models import Unit, UnitSuccession
from engine.organisation.refusals import (
    PasswordTooLong,
    PasswordTooShort,
    SuccessionGoesInCircles,
    UnitEnded,
    UnitNotYet,
    UsernameInvalid,
)

LEAST_PASSWORD, MOST_PASSWORD = 8, 200
MOST_FAILURES = 8
"""Wrong passwords for one user name within FAILURE_WINDOW."""
MOST_NETWORK_FAILURES = 100
"""From one network: an office of hundreds shares one address; guessing one password for many names takes far more."""
FAILURE_WINDOW = timedelta(minutes=15)
MOST_TOKEN_DAYS = 366

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


@dataclass(frozen=True, slots=True)
class NationalStatus:
    """A status of the national portal: its code ("1" to "10", a text) and its exact wording (domain 4)."""

    code: str
    vi: str
    en: str


def in_force(on: date, first: date, last: date | None) -> bool:
    """Whether `on` lies between `first` and `last`, both included; a period without `last` has no end."""
    return first <= on and (last is None or on <= last)


def competent_unit(
    unit: Unit,
    on: date,
    procedure_code: str | None,
    successions_of: Callable[[Unit], Iterable[UnitSuccession]],
    unit_of: Callable[[int], Unit],
) -> Unit:
    """Who decides on `on` what `unit` once decided, following succession for the procedure (domain 6).

    Raises UnitNotYet, UnitEnded where nobody has taken over, and SuccessionGoesInCircles.
    """
    seen = {unit.id}
    while succession := chosen_succession(successions_of(unit), on, procedure_code):
        unit = unit_of(succession.new_unit_id)
        if unit.id in seen:
            raise SuccessionGoesInCircles(unit=unit.code, procedure=procedure_code or "-")
        seen.add(unit.id)
    if on < unit.valid_from:
        raise UnitNotYet(unit=unit.name, valid_from=_day(unit.valid_from), on=_day(on))
    if unit.valid_to and on > unit.valid_to:
        raise UnitEnded(unit=unit.name, valid_to=_day(unit.valid_to), procedure=procedure_code or "-")
    return unit


def chosen_succession(
    successions: Iterable[UnitSuccession], on: date, procedure_code: str | None
) -> UnitSuccession | None:
    """The succession that counts on `on`: one for the procedure before one for all, the latest of each."""
    effective = [
        succession
        for succession in successions
        if succession.effective_on <= on and succession.procedure_code in (None, procedure_code)
    ]
    return max(effective, key=lambda one: (one.procedure_code is not None, one.effective_on), default=None)


def check_username(username: str) -> str:
    """`username` as it is stored, lower case; raises UsernameInvalid."""
    stored = username.strip().lower()
    if not _USERNAME.fullmatch(stored):
        raise UsernameInvalid(username=username)
    return stored


def check_new_password(password: str) -> None:
    """Raise PasswordTooShort or PasswordTooLong; length is all that is asked for."""
    if len(password) < LEAST_PASSWORD:
        raise PasswordTooShort(least=LEAST_PASSWORD)
    if len(password) > MOST_PASSWORD:
        raise PasswordTooLong(most=MOST_PASSWORD)


def minutes_locked(failures: Sequence[datetime], now: datetime, most: int) -> int:
    """For how many minutes log-in stays refused after these failures; 0 when it is allowed.

    `most` wrong passwords within FAILURE_WINDOW lock the name, or the network, until the oldest of them leaves it.
    """
    counted = sorted(failure for failure in failures if now - failure < FAILURE_WINDOW)
    if len(counted) < most:
        return 0
    return max(1, -(-(counted[-most] + FAILURE_WINDOW - now) // timedelta(minutes=1)))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
