"""Papers are the same bytes every time, carry their own letters, and print what people typed as it was typed."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.papers import (
    ApplicantBlock,
    Letterhead,
    ListedPaper,
    SupplementRequestContent,
    print_receipt,
    print_refusal,
    print_supplement_request,
)
from engine.papers.typesetting import _fonts, moment_parts, printable

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VIETNAMESE = "".join(unicodedata.normalize("NFC", vowel + tone) for vowel, tone in product(VOWELS, TONES)) + "đ"

MARKUP = [
    '#read("/etc/passwd")',
    "#panic()",
    "$ x^2 $",
    "*đậm* _nghiêng_",
    "@nguon <nhan>",
    "= Tiêu đề",
    "`mã`",
    "\\ // không phải chú thích",
    '"]}; #let x = 1',
    "https://example.vn/#a",
]


@pytest.mark.parametrize("typed", MARKUP)
def test_markup_that_somebody_typed_is_printed_and_never_obeyed(refusal, read, typed):
    content = replace(refusal, reason=typed, applicant=ApplicantBlock(typed, address=typed))
    assert read(print_refusal(content)).text.count(typed) == 4


def test_line_breaks_in_a_reason_are_kept(refusal, read):
    page = read(print_refusal(replace(refusal, reason="Thiếu đơn\nThiếu ảnh"))).pages[0]
    lines = [line.strip() for line in page.get_textpage().get_text_range().splitlines()]
    assert lines.index("Thiếu ảnh") == lines.index("Thiếu đơn") + 1


@pytest.fixture(scope="module")
def supplement_request_content():
    """The same for every example."""
    return SupplementRequestContent(
        Letterhead("", "Trung tâm Phục vụ hành chính công", "Lạng Sơn"),
        "1/HDHS",
        ApplicantBlock("Vi Văn Sỹ"),
        "Cấp bản sao",
        (ListedPaper("Đơn"),),
        "",
        "Lý Thị Hường",
        "",
        "",
        datetime(2022, 3, 22, 2, 40, tzinfo=UTC),
    )


@settings(max_examples=60)
@given(reason=st.text(max_size=80), note=st.text(max_size=20))
def test_no_typed_text_stops_the_printer(supplement_request_content, reason, note):
    paper = replace(supplement_request_content.missing[0], note=note)
    content = replace(supplement_request_content, reason=reason, missing=(paper,))
    assert print_supplement_request(content).startswith(b"%PDF-")


@pytest.mark.parametrize("style", ["#[{}]", "*{}*", "_{}_", "*_{}_*"])
def test_the_font_that_typst_carries_has_every_vietnamese_letter_in_every_style(style):
    """PDF/A-2u refuses a document in which any letter has no glyph."""
    letters = VIETNAMESE + VIETNAMESE.upper() + "0123456789 .,;:-–()/№₫“”…"
    document = '#set text(font: "Libertinus Serif", fallback: false)\n' + style.format(letters)
    typst.compile(document.encode(), font_paths=_fonts(), ignore_system_fonts=True, pdf_standards="a-2u")


def test_a_letter_without_glyph_would_have_been_noticed():
    document = '#set text(font: "Libertinus Serif", fallback: false)\n字'.encode()
    with pytest.raises(typst.TypstError):
        typst.compile(document, font_paths=_fonts(), ignore_system_fonts=True, pdf_standards="a-2u")


def test_decomposed_input_prints_like_composed_input(receipt):
    decomposed = replace(receipt.applicant, name=unicodedata.normalize("NFD", receipt.applicant.name))
    assert decomposed.name != receipt.applicant.name
    assert print_receipt(replace(receipt, applicant=decomposed)) == print_receipt(receipt)


def test_the_same_content_gives_the_same_bytes(receipt):
    assert print_receipt(receipt, both_copies=True) == print_receipt(receipt, both_copies=True)


def test_another_process_at_another_time_prints_the_same_bytes(refusal):
    program = (
        "import sys, pickle, hashlib; from engine.papers import print_refusal;"
        "print(hashlib.sha256(print_refusal(pickle.loads(sys.stdin.buffer.read()))).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(refusal), capture_output=True, check=True
    )
    assert other.stdout.decode().strip() == hashlib.sha256(print_refusal(refusal)).hexdigest()


def test_another_due_date_gives_other_bytes(receipt):
    assert print_receipt(receipt) != print_receipt(replace(receipt, due_at=None))


def test_days_below_ten_and_the_first_two_months_are_written_with_a_zero(refusal, receipt):
    assert moment_parts(refusal.made_at) | {"hour": ""} == {
        "hour": "",
        "minute": "00",
        "day": "07",
        "month": "02",
        "year": "2022",
        "short": "07/02/2022",
    }
    assert moment_parts(receipt.received_at)["month"] == "3"


def test_moments_are_shown_on_the_clock_of_the_office(receipt):
    assert moment_parts(receipt.received_at.astimezone(UTC)) == moment_parts(receipt.received_at)


@given(st.text())
def test_texts_reach_the_template_composed_and_otherwise_untouched(text):
    assert printable({"a": [text]}) == {"a": [unicodedata.normalize("NFC", text)]}
