"""A small thread-safe cache of values that are costly to make and never change for their key."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class RecentlyUsed(Generic[K, V]):
    """Keeps the `most` values used last; a value is made once however many threads ask for it together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()
        self._guard = Lock()
        self._making = Lock()

    def get(self, key: K) -> V | None:
        """The value kept for `key`, or None."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """The value kept for `key`, made by `make` when there is none; an exception of `make` leaves nothing behind."""
        value = self.get(key)
        if value is not None:
            return value
        with self._making:
            value = self.get(key)
            if value is None:
                value = make()
                self._keep(key, value)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._values.clear()

    def _keep(self, key: K, value: V) -> None:
        with self._guard:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
