"""Names are found however they were typed, and lists of people stand in Vietnamese order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.identities import collation_key, fold, given_name, normalise_name, sort_key, words_of
from engine.identities.refusals import NameEmpty

VIETNAMESE = st.text("aàảãáạăằẳẵắặâầẩẫấậbcdđeèêềểễếệghiìklmnoòôồơờpqrstuùưừvxyỳỷỹýỵ ĐÀẾỘƯ", max_size=40)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("NGUYỄN  THỊ ĐÀO", "nguyen thi dao"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Đào"), "nguyen thi dao"),
        ("Hoà Bình", "hoa binh"),
        ("Hòa Bình", "hoa binh"),
        ("Đồng Đăng", "dong dang"),
        ("Ðồng Ðăng", "dong dang"),  # the Icelandic letter, which old fonts typed for Đ
        ("\u00a0Tú\u200bệ\t\nMinh ", "tue minh"),
        ("", ""),
    ],
)
def test_texts_fold_to_what_people_type_without_accents(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_words_end_at_blanks_and_signs_and_are_cut_where_nobody_types_on() -> None:
    assert words_of("cong ty tnhh (a) co-khi 12/3_b 王明") == [
        "cong", "ty", "tnhh", "a", "co", "khi", "12", "3", "b", "王明",
    ]  # fmt: skip
    assert words_of("%. -") == []
    assert [len(word) for word in words_of("x" * 100)] == [40]


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(VIETNAMESE)
def test_folding_does_not_depend_on_case_or_composition(text: str) -> None:
    assert fold(text.upper()) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text).isascii()


@given(VIETNAMESE)
def test_a_stored_name_is_composed_and_stays_as_it_is(text: str) -> None:
    if not any(character.isalpha() for character in text):
        return
    stored = normalise_name(unicodedata.normalize("NFD", f"  {text}\t"))
    assert unicodedata.is_normalized("NFC", stored)
    assert normalise_name(stored) == stored == " ".join(text.split())


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "123", "- ."])
def test_a_name_without_a_letter_is_refused(text: str) -> None:
    with pytest.raises(NameEmpty):
        normalise_name(text)


def test_the_given_name_is_the_last_word() -> None:
    assert given_name("Nguyễn Thị  Đào ") == "Đào"
    assert given_name("Đào") == "Đào"
    assert given_name("") == ""


def test_people_stand_by_given_name_in_the_vietnamese_alphabet() -> None:
    ordered = [
        "Trần Văn An",
        "Nguyễn Thị Ánh",
        "Lê Văn Ân",
        "Lê Thị Bình",
        "Nông Văn Cường",
        "Hoàng Thị Dung",
        "Lương Văn Đào",
        "Nguyễn Thị Hoa",
        "Nguyễn Thị Hòa",
        "Vi Thị Hoàng",
        "Bế Văn Ô",
        "Bế Văn Ơ",
        "Lý Văn Út",
        "Lý Văn Ưng",
    ]
    assert sorted(reversed(ordered), key=sort_key) == ordered


def test_equal_given_names_are_ordered_by_the_rest_of_the_name() -> None:
    ordered = ["Hoàng Văn Nam", "Nguyễn Bá Nam", "Nguyễn Văn Nam", "Nông Văn Nam"]
    assert sorted(reversed(ordered), key=sort_key) == ordered


def test_tones_follow_the_dictionary_and_count_after_letters() -> None:
    ordered = ["ma", "mà", "mả", "mã", "má", "mạ", "man", "mang", "màng", "mâm", "mơ", "mua", "mưa"]
    assert sorted(reversed(ordered), key=collation_key) == ordered


@given(VIETNAMESE)
def test_sort_keys_are_plain_ascii_and_ignore_composition(text: str) -> None:
    assert sort_key(text).isascii()
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(text)
