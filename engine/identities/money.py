"""Amounts of đồng, always whole numbers: read from a form, written with dots, spelled out on a receipt."""

from __future__ import annotations

import re

from engine.identities.refusals import AmountInvalid

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
THOUSANDS = ("", " nghìn", " triệu")
BILLION = 1_000_000_000
GREATEST_AMOUNT = 10**18 - 1
WRITTEN = re.compile(
    r"(?P<amount>[0-9]{1,3}(?:(?P<mark>[. ,])[0-9]{3}(?:(?P=mark)[0-9]{3})*)?|[0-9]+)\s*(?:đồng|đ|vnđ|vnd)?"
)


def read_money(text: str) -> int:
    """An amount typed by a person: "1.500.000", "1500000", "1 500 000 đ"; raises AmountInvalid for all else."""
    found = WRITTEN.fullmatch(text.replace("\u00a0", " ").strip().lower())
    digits = re.sub(r"[. ,]", "", found["amount"]) if found else ""
    if not 1 <= len(digits) <= len(str(GREATEST_AMOUNT)):
        raise AmountInvalid(amount=text.strip())
    return int(digits)


def show_money(amount: int) -> str:
    """An amount as it is printed: "1.500.000 đồng"; raises AmountInvalid for anything but an int."""
    return f"{_checked(amount):,} đồng".replace(",", ".")


def money_in_words(amount: int) -> str:
    """An amount (>= 0) as it is read aloud: "một triệu năm trăm nghìn đồng"; raises AmountInvalid."""
    if _checked(amount) < 0:
        raise AmountInvalid(amount=amount)
    return f"{number_in_words(amount)} đồng"


def number_in_words(number: int) -> str:
    """A whole number from 0 to 10^18 - 1 in Vietnamese words, lower case."""
    billions, rest = divmod(number, BILLION)
    if not billions:
        return _below_a_billion(rest, leading=True) or DIGITS[0]
    words = f"{number_in_words(billions)} tỷ"
    return f"{words} {_below_a_billion(rest, leading=False)}" if rest else words


def _below_a_billion(number: int, leading: bool) -> str:
    """Groups of three digits from the millions down; groups of zero are not read."""
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            words.append(_group(group, full=bool(words) or not leading) + THOUSANDS[power])
    return " ".join(words)


def _group(group: int, full: bool) -> str:
    """Three digits; `full` reads the hundreds even when they are zero, as inside a greater number."""
    hundreds, rest = divmod(group, 100)
    if not hundreds and not full:
        return _below_a_hundred(rest)
    words = f"{DIGITS[hundreds]} trăm"
    if not rest:
        return words
    return f"{words} linh {DIGITS[rest]}" if rest < 10 else f"{words} {_below_a_hundred(rest)}"


def _below_a_hundred(number: int) -> str:
    """Two digits, with the sounds that change after a ten: mốt, tư, lăm."""
    tens, unit = divmod(number, 10)
    if not tens:
        return DIGITS[unit]
    words = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if not unit:
        return words
    changed = {5: "lăm"} if tens == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
    return f"{words} {changed.get(unit, DIGITS[unit])}"


def _checked(amount: int) -> int:
    """The amount itself; floats, truth values and absurd sizes are refused: money is counted, never measured."""
    if type(amount) is not int or abs(amount) > GREATEST_AMOUNT:
        raise AmountInvalid(amount=amount)
    return amount
