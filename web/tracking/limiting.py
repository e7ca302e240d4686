"""How often one address may look up dossiers: enough for people, too little for guessing codes."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=5)
MOST_LOOK_UPS = 20
MOST_ADDRESSES = 10_000


class LookUpLimit:
    """Counts look-ups by address within WINDOW, in this process only.

    Several web processes together allow as many times more; against guessing a code of the receipt that is
    still far too little, and nothing needs to be written for every look-up.
    """

    def __init__(self) -> None:
        self._seen: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def allows(self, address: str, now: datetime) -> bool:
        """Whether `address` may look up once more; counts the look-up."""
        with self._lock:
            if len(self._seen) > MOST_ADDRESSES:
                self._forget(now)
            times = self._seen.setdefault(address, deque())
            while times and now - times[0] >= WINDOW:
                times.popleft()
            if len(times) >= MOST_LOOK_UPS:
                return False
            times.append(now)
            return True

    def _forget(self, now: datetime) -> None:
        self._seen = {address: times for address, times in self._seen.items() if times and now - times[-1] < WINDOW}
