"""Numbers of postal items and dossiers."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.identities import (
    compose_dossier_number,
    is_dossier_number,
    is_number_pattern,
    is_s10,
    normalise_postal_item,
    postal_check_digit,
    postal_item_warning,
    read_dossier_number,
)
from engine.identities.refusals import (
    DossierNumberInvalid,
    PostalItemCheckDigitWrong,
    PostalItemEmpty,
    PostalItemUnusual,
    SerialExhausted,
)

WRITTEN_AND_AGENCY = [
    "000.00.14.H56-200203-0118",
    "000.17.22.H56-210531-0001",
    "000.00.15.H37-220322-0001",
    "G01.899.909-260916-890028",
    "H37.15-220322-0001",
]


@pytest.mark.parametrize("number", ["EB123456785VN", "RR473124829GB", "EA000000005VN", "EE202203222VN"])
def test_items_of_the_standard_need_no_warning(number: str) -> None:
    assert postal_item_warning(number) is None


def test_a_wrong_check_digit_is_a_warning_that_names_the_right_one() -> None:
    warning = postal_item_warning("EB123456784VN")
    assert isinstance(warning, PostalItemCheckDigitWrong)
    assert "tính ra 5" in warning.message("vi")


def test_other_codes_are_only_unusual() -> None:
    for number in ("EB12345678VN", "eb123456785vn", "VNP0001"):
        assert isinstance(postal_item_warning(number), PostalItemUnusual)
    assert is_s10(normalise_postal_item(" eb 123 456 785 vn"))
    with pytest.raises(PostalItemEmpty):
        normalise_postal_item("  ")


@given(serial=st.integers(0, 99_999_999), position=st.integers(2, 9), digit=st.integers(0, 9))
def test_a_mistyped_digit_of_an_item_is_noticed(serial: int, position: int, digit: int) -> None:
    number = f"EB{serial:08d}{postal_check_digit(f'{serial:08d}')}VN"
    assert is_s10(number)
    mistyped = number[:position] + str(digit) + number[position + 1 :]
    assume(mistyped != number)
    # 10 and 0 share the check digit 0, 11 and 5 share 5: the standard itself cannot tell these few apart.
    assert not is_s10(mistyped) or number[10] in "05"


@pytest.mark.parametrize("number", WRITTEN_AND_AGENCY)
def test_all_five_layouts_of_dossier_numbers_are_known(number: str) -> None:
    assert is_dossier_number(number)
    assert read_dossier_number(f" {number.lower()} ") == number


@pytest.mark.parametrize(
    "number", ["H37-220322-1", "000.00.15.H37-22032-0001", "", "H37-220322-0001\n", "37-220322-0001"]
)
def test_what_is_no_dossier_number_is_refused(number: str) -> None:
    assert not is_dossier_number(number)


def test_a_wrong_dossier_number_is_answered_with_an_example() -> None:
    with pytest.raises(DossierNumberInvalid) as refusal:
        read_dossier_number("H37-220322-1")
    assert "H37.15-220322-0001" in refusal.value.remedy("vi")


USUAL = "{identifier}-{yymmdd}-{serial:04d}"


def test_numbers_are_composed_from_a_pattern() -> None:
    day = datetime.date(2022, 3, 22)
    assert compose_dossier_number(USUAL, "000.00.15.H37", day, 1) == "000.00.15.H37-220322-0001"
    assert compose_dossier_number(USUAL, "H37.15", day, 12345) == "H37.15-220322-12345"
    six = "{identifier}-{yymmdd}-{serial:06d}"
    assert compose_dossier_number(six, "G01.899.909", day, 28) == "G01.899.909-220322-000028"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_that_does_not_fit_is_refused(serial: int) -> None:
    with pytest.raises(SerialExhausted):
        compose_dossier_number(USUAL, "H37.15", datetime.date(2022, 3, 22), serial)


def test_an_agency_code_that_makes_no_valid_number_is_refused() -> None:
    with pytest.raises(DossierNumberInvalid):
        compose_dossier_number(USUAL, "SVHTTDL", datetime.date(2022, 3, 22), 1)


@pytest.mark.parametrize(
    ("pattern", "sound"),
    [
        ("{identifier}-{yymmdd}-{serial:04d}", True),
        ("{identifier}-{yymmdd}-{serial:06d}", True),
        ("{yymmdd}/{serial:04d}/{identifier}", True),
        ("{identifier}-{yymmdd}-{serial:03d}", False),
        ("{identifier}-{yymmdd}-{serial}", False),
        ("{identifier}-{serial:04d}", False),
        ("{identifier}-{yymmdd}-{serial:04d}-{serial:04d}", False),
        ("{identifier.__class__}-{yymmdd}-{serial:04d}", False),
        ("{identifier!r}-{yymmdd}-{serial:04d}", False),
        ("{identifier}-{yymmdd}-{serial:04d", False),
        ("H37-220322-0001", False),
    ],
)
def test_a_number_pattern_names_identifier_day_and_serial_each_once(pattern: str, sound: bool) -> None:
    assert is_number_pattern(pattern) is sound


@given(
    day=st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)),
    serial=st.integers(1, 999_999),
    fewest=st.integers(4, 6),
    agency=st.sampled_from(["H37", "H37.15", "000.00.15.H37", "G01.899.909"]),
)
def test_every_composed_number_is_a_dossier_number(day: datetime.date, serial: int, fewest: int, agency: str) -> None:
    pattern = f"{{identifier}}-{{yymmdd}}-{{serial:0{fewest}d}}"
    number = compose_dossier_number(pattern, agency, day, serial)
    assert read_dossier_number(number) == number
    assert int(number.rpartition("-")[2]) == serial
