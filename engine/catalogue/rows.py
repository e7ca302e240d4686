"""One row that a decision table gave, read column by column."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.catalogue.refusals import DecisionUnusable
from engine.refusals import Refusal
from engine.worktime import Limit, LimitUnit

UNCOUNTED = (LimitUnit.SAME_DAY, LimitUnit.NONE)


class Row:
    """One row; a column that is missing or wrong raises DecisionUnusable."""

    def __init__(self, decision: str, values: Mapping[str, Any]) -> None:
        self.decision = decision
        self.values = values

    def has(self, column: str) -> bool:
        """Whether the cell says anything."""
        return self.values.get(column) is not None

    def unusable(self, column: str) -> DecisionUnusable:
        """The refusal of what stands in the column."""
        return DecisionUnusable(decision=self.decision, column=column, value=self.values.get(column))

    def text(self, column: str, default: str | None = None) -> str:
        """A text, which may be empty only if there is a default."""
        value = self.values.get(column)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not (value.strip() or default is not None):
            raise self.unusable(column)
        return value.strip()

    def whole(self, column: str, default: int | None = None) -> int:
        """A whole number from 0 on; 2.0 counts as 2, for tables do not tell them apart."""
        value = self.values.get(column)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or value != value // 1 or value < 0:
            raise self.unusable(column)
        return int(value)

    def boolean(self, column: str) -> bool:
        """True or false."""
        value = self.values.get(column)
        if not isinstance(value, bool):
            raise self.unusable(column)
        return value

    def limit(self, column: str, unit: str) -> Limit:
        """An amount of this unit; nothing need be said of a unit that is not counted."""
        amount = self.values.get(column)
        try:
            return Limit.read("0" if unit in UNCOUNTED or amount is None else str(amount), unit)
        except Refusal as refusal:
            raise self.unusable(column) from refusal
