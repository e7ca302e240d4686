"""Row numbers as they come in an address or a form."""

from __future__ import annotations

LARGEST = 2**31 - 1
"""What the database's `integer` holds."""


def row_id(text: str) -> int:
    """The number of a row; raises ValueError for what no row can be numbered with."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number
