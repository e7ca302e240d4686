"""How often dossiers may be looked up: enough for people, too little for guessing codes."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from web.visitors import network_of

WINDOW = timedelta(minutes=5)
MOST_LOOK_UPS = 20
"""By one visitor within WINDOW."""
MOST_WRONG_CODES = 50
"""For one dossier number within WINDOW, whoever tries them: at that pace the 887 million codes last for centuries."""
MOST_KEYS = 10_000


class RecentCount:
    """Counts what happened under a key within WINDOW, up to `most` times."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def is_full(self, key: str, now: datetime) -> bool:
        """Whether it happened `most` times already."""
        with self._lock:
            times = self._seen.get(key, deque())
            while times and now - times[0] >= WINDOW:
                times.popleft()
            return len(times) >= self._most

    def add(self, key: str, now: datetime) -> None:
        """Note that it happened once more; what is too old to count is forgotten when there are many keys."""
        with self._lock:
            if len(self._seen) > MOST_KEYS:
                self._seen = {one: times for one, times in self._seen.items() if times and now - times[-1] < WINDOW}
            self._seen.setdefault(key, deque(maxlen=self._most)).append(now)


class LookUpLimit:
    """Counts look-ups by visitor and wrong codes by dossier number, in this process only.

    Several web processes together allow as many times more; against guessing a code of the receipt that is
    still far too little, and nothing needs to be written for every look-up. Whoever tries many codes for one number
    keeps its applicant waiting for WINDOW too; the counter still answers.
    """

    def __init__(self) -> None:
        self._look_ups = RecentCount(MOST_LOOK_UPS)
        self._wrong_codes = RecentCount(MOST_WRONG_CODES)

    def allows(self, address: str, number: str, now: datetime) -> bool:
        """Whether the visitor at `address` may look `number` up once more; counts the look-up."""
        visitor = network_of(address)
        if self._look_ups.is_full(visitor, now) or self._wrong_codes.is_full(number, now):
            return False
        self._look_ups.add(visitor, now)
        return True

    def note_wrong_code(self, number: str, now: datetime) -> None:
        """Count a code that does not open `number`, whether there is such a dossier or not."""
        self._wrong_codes.add(number, now)
