"""Amounts of đồng: whole numbers only, printed with dots and spelled out on receipts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.identities import money_in_words, number_in_words, read_money, show_money
from engine.identities.refusals import AmountInvalid

UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4,
    "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def heard(words: str) -> int:
    """The number a listener understands, word by word; knows nothing of how the words were made."""
    total = group = digit = 0
    for word in words.split():
        if word in UNITS:
            digit = UNITS[word]
        elif word == "linh":
            digit = 0
        elif word == "mười":
            group, digit = group + 10, 0
        elif word == "mươi":
            group, digit = group + 10 * digit, 0
        elif word == "trăm":
            group, digit = group + 100 * digit, 0
        elif word in ("nghìn", "triệu"):
            total += (group + digit) * {"nghìn": 1_000, "triệu": 1_000_000}[word]
            group = digit = 0
        elif word == "tỷ":
            total = (total + group + digit) * 1_000_000_000
            group = digit = 0
        else:
            raise AssertionError(f"nobody says {word}")
    return total + group + digit


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "không đồng"),
        (5, "năm đồng"),
        (10, "mười đồng"),
        (11, "mười một đồng"),
        (15, "mười lăm đồng"),
        (14, "mười bốn đồng"),
        (21, "hai mươi mốt đồng"),
        (24, "hai mươi tư đồng"),
        (55, "năm mươi lăm đồng"),
        (100, "một trăm đồng"),
        (105, "một trăm linh năm đồng"),
        (110, "một trăm mười đồng"),
        (6_000, "sáu nghìn đồng"),
        (15_000, "mười lăm nghìn đồng"),
        (200_000, "hai trăm nghìn đồng"),
        (650_000, "sáu trăm năm mươi nghìn đồng"),
        (1_005_000, "một triệu không trăm linh năm nghìn đồng"),
        (1_500_000, "một triệu năm trăm nghìn đồng"),
        (1_000_005, "một triệu không trăm linh năm đồng"),
        (1_000_000_000, "một tỷ đồng"),
        (2_050_000_000, "hai tỷ không trăm năm mươi triệu đồng"),
        (1_000_000_000_000, "một nghìn tỷ đồng"),
    ],
)
def test_amounts_in_words_as_receipts_write_them(amount: int, words: str) -> None:
    assert money_in_words(amount) == words


def test_every_number_up_to_a_hundred_thousand_is_heard_as_it_was_meant() -> None:
    for number in range(100_001):
        assert heard(number_in_words(number)) == number


@settings(max_examples=500)
@given(st.one_of(st.integers(0, 10**18 - 1), st.integers(0, 10**9).map(lambda thousands: thousands * 1000)))
def test_any_amount_is_heard_as_it_was_meant(number: int) -> None:
    assert heard(number_in_words(number)) == number


@given(st.integers(0, 10**18 - 1))
def test_a_printed_amount_is_read_back(amount: int) -> None:
    assert read_money(show_money(amount)) == amount


def test_printing() -> None:
    assert show_money(1_500_000) == "1.500.000 đồng"
    assert show_money(0) == "0 đồng"
    assert show_money(-200_000) == "-200.000 đồng"


@pytest.mark.parametrize("typed", ["1500000", "1.500.000", "1 500 000", "1,500,000", "1.500.000đ", "1.500.000 VND"])
def test_usual_ways_to_type_an_amount(typed: str) -> None:
    assert read_money(typed) == 1_500_000


@pytest.mark.parametrize(
    "typed", ["", "1.5", "1,50", "1.500,00", "1.500.00", "1.500,000", "-1000", "1e6", "đồng", "1500 USD", "9" * 5000]
)
def test_anything_that_could_be_misread_is_refused(typed: str) -> None:
    with pytest.raises(AmountInvalid):
        read_money(typed)


@pytest.mark.parametrize("amount", [1.5, 1500000.0, True, "1500000", None, 10**18])
def test_only_whole_numbers_are_money(amount: object) -> None:
    for use in (show_money, money_in_words):
        with pytest.raises(AmountInvalid):
            use(amount)  # type: ignore[arg-type]


def test_a_negative_amount_is_never_spelled_out() -> None:
    with pytest.raises(AmountInvalid):
        money_in_words(-1)
