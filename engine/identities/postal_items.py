"""Postal item numbers after the UPU's S10 standard: two letters, eight digits, a check digit, the country."""

from __future__ import annotations

import re

from engine.identities.refusals import PostalItemCheckDigitWrong, PostalItemEmpty, PostalItemUnusual
from engine.refusals import Refusal

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10 = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}")


def normalise_postal_item(text: str) -> str:
    """The number as it is stored: upper case, no spaces; raises PostalItemEmpty."""
    number = re.sub(r"[\s\-]", "", text).upper()
    if not number:
        raise PostalItemEmpty()
    return number


def postal_check_digit(serial: str) -> int:
    """The check digit of an eight-digit serial."""
    digit = 11 - sum(int(number) * weight for number, weight in zip(serial, WEIGHTS, strict=True)) % 11
    return {10: 0, 11: 5}.get(digit, digit)


def is_s10(number: str) -> bool:
    """Whether a number has the form of S10 and the right check digit."""
    return postal_item_warning(number) is None


def postal_item_warning(number: str) -> Refusal | None:
    """What is unusual about a normalised number; never an error, since domestic items may carry other codes."""
    parts = S10.fullmatch(number)
    if not parts:
        return PostalItemUnusual(number=number)
    expected = postal_check_digit(parts[1])
    return None if int(parts[2]) == expected else PostalItemCheckDigitWrong(number=number, expected=expected)
