"""Numbers of persons, taxpayers and phones: the valid are read, the impossible refused, the doubtful only warned of."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.identities import (
    IdentityKind,
    Sex,
    citizen_warnings,
    is_mobile,
    mask,
    normalise_phone,
    read_citizen_number,
    read_foreign_passport,
    read_identity_number,
    read_tax_number,
    show_phone,
    tax_check_digit,
)
from engine.identities.refusals import (
    BirthYearDiffers,
    CitizenNumberImpossible,
    IdentityNumberInvalid,
    PhoneInvalid,
    ProvinceUnknown,
    SexDiffers,
    TaxNumberInvalid,
)

digits = st.integers(0, 9).map(str)


@pytest.mark.parametrize(
    ("number", "province", "sex", "birth_year"),
    [("020085001234", "020", Sex.MALE, 1985), ("020308001234", "020", Sex.FEMALE, 2008)],
)
def test_a_citizen_number_says_province_sex_and_year(number: str, province: str, sex: Sex, birth_year: int) -> None:
    citizen = read_citizen_number(number)
    assert (citizen.province_code, citizen.sex, citizen.birth_year) == (province, sex, birth_year)
    assert citizen_warnings(citizen) == ()


def test_a_citizen_number_of_a_century_to_come_is_impossible() -> None:
    for fourth in "456789":
        with pytest.raises(CitizenNumberImpossible):
            read_identity_number(f"020{fourth}85001234")


@pytest.mark.parametrize("number", ["02008500123", "0200850012345", "02008500123a", "", "٠٢٠٠٨٥٠٠١٢٣٤"])
def test_what_is_no_identity_number_is_refused_in_both_languages(number: str) -> None:
    with pytest.raises(IdentityNumberInvalid) as refusal:
        read_identity_number(number)
    assert "CMND" in refusal.value.message("vi") and refusal.value.remedy("en")


def test_old_cards_and_passports_are_recognised() -> None:
    assert read_identity_number("080 123 456").kind is IdentityKind.OLD_CARD
    assert read_identity_number("b1234567").number == "B1234567"
    assert read_identity_number("C12345678").kind is IdentityKind.PASSPORT
    assert read_foreign_passport("ab1234567").number == "AB1234567"
    with pytest.raises(IdentityNumberInvalid):
        read_foreign_passport("ABCDEFGH")


def test_contradicting_facts_are_warnings_and_never_errors() -> None:
    citizen = read_citizen_number("999085001234")
    warnings = citizen_warnings(citizen, born=datetime.date(1986, 5, 1), sex=Sex.FEMALE)
    assert [type(warning) for warning in warnings] == [ProvinceUnknown, BirthYearDiffers, SexDiffers]
    assert warnings[2].message("vi") == "Số căn cước ghi giới tính nam, giới tính đã nhập là nữ."
    assert warnings[2].message("en") == "The citizen number says male; the sex given is female."


@pytest.mark.parametrize(
    ("number", "masked"),
    [("020085001234", "020•••••1234"), ("080123456", "••••••456"), ("B1234567", "•••••567"), ("1234", "••••")],
)
def test_lists_hide_the_middle_of_a_number(number: str, masked: str) -> None:
    assert mask(number) == masked


def test_masking_a_read_number() -> None:
    assert read_identity_number("020085001234").masked == "020•••••1234"


@pytest.mark.parametrize("number", ["0102595740", "0300588569", "0102595740-001"])
def test_real_tax_numbers_are_read(number: str) -> None:
    assert str(read_tax_number(number)) == number


def test_other_spellings_of_tax_numbers() -> None:
    assert str(read_tax_number("0102595740001")) == "0102595740-001"
    assert str(read_tax_number(" 0102 595 740 ")) == "0102595740"
    assert str(read_tax_number("020085001234")) == "020085001234"


@pytest.mark.parametrize(
    "number", ["0102595741", "010259574", "0102595740-000", "0102595740-01", "0102595741-001", "020485001234", "", "x"]
)
def test_wrong_tax_numbers_are_refused(number: str) -> None:
    with pytest.raises(TaxNumberInvalid):
        read_tax_number(number)


def test_some_bases_have_no_tax_number_at_all() -> None:
    # The weighted sum of this base is a multiple of 11, so its check digit would be 10.
    assert tax_check_digit("000000000") is None
    for last in range(10):
        with pytest.raises(TaxNumberInvalid):
            read_tax_number(f"000000000{last}")


@given(base=st.text("0123456789", min_size=9, max_size=9), position=st.integers(0, 9), other=digits)
def test_every_base_has_at_most_one_tax_number_and_a_wrong_digit_is_noticed(
    base: str, position: int, other: str
) -> None:
    valid = [number for last in range(10) if _is_tax_number(number := f"{base}{last}")]
    assert len(valid) == (0 if tax_check_digit(base) is None else 1)
    assume(valid and other != valid[0][position])
    assert not _is_tax_number(valid[0][:position] + other + valid[0][position + 1 :])


def _is_tax_number(number: str) -> bool:
    try:
        return str(read_tax_number(number)) == number
    except TaxNumberInvalid:
        return False


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("0912345678", "0912345678", "0912 345 678"),
        ("02053812345", "02053812345", "0205 3812 345"),
        ("+84912345678", "0912345678", "0912 345 678"),
        ("84 912.345-678", "0912345678", "0912 345 678"),
        ("(0205) 3 812 345", "02053812345", "0205 3812 345"),
        ("0084 2053812345", "02053812345", "0205 3812 345"),
    ],
)
def test_phones_are_stored_beginning_with_zero(typed: str, stored: str, shown: str) -> None:
    assert normalise_phone(typed) == stored
    assert normalise_phone(stored) == stored
    assert show_phone(stored) == shown
    assert normalise_phone(shown) == stored


@pytest.mark.parametrize("typed", ["0112345678", "912345678", "091234567", "09123456789", "+85912345678", "", "số"])
def test_wrong_phones_are_refused(typed: str) -> None:
    with pytest.raises(PhoneInvalid):
        normalise_phone(typed)


def test_only_mobiles_receive_text_messages() -> None:
    assert is_mobile("0912345678") and not is_mobile("02053812345")
