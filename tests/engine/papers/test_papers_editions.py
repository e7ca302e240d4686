"""The edition of a paper is the one in force when the dossier was received; form numbers do not choose it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.papers import NoEdition, PaperKind, print_control_slip, print_receipt, print_supplement_request
from engine.papers.editions import TEMPLATES, edition_on, editions

LAST_DAY_OF_2018_FORMS = datetime(2025, 9, 14, 23, 59, tzinfo=UTC) - timedelta(hours=7)
FIRST_DAY_OF_2025_FORMS = datetime(2025, 9, 15, 0, 0, tzinfo=UTC) - timedelta(hours=7)


def test_form_05_is_the_control_slip_until_2025_and_06_afterwards():
    assert edition_on(PaperKind.CONTROL_SLIP, LAST_DAY_OF_2018_FORMS).form == "Mẫu số 05"
    assert edition_on(PaperKind.CONTROL_SLIP, FIRST_DAY_OF_2025_FORMS).form == "Mẫu số 06"


def test_no_edition_after_2025_calls_anything_form_05_that_we_print():
    newest = {kind: edition_on(kind, FIRST_DAY_OF_2025_FORMS) for kind in PaperKind}
    assert "Mẫu số 05" not in {edition.form for edition in newest.values()}


def test_the_day_of_the_office_decides_and_not_the_day_in_london():
    """17:00 UTC is midnight in Lạng Sơn."""
    assert edition_on(PaperKind.RECEIPT, datetime(2025, 9, 14, 16, 59, tzinfo=UTC)).valid_from.year == 2019
    assert edition_on(PaperKind.RECEIPT, datetime(2025, 9, 14, 17, 0, tzinfo=UTC)).valid_from.year == 2025


def test_an_old_dossier_keeps_its_edition_when_printed_again_later(control_slip, read):
    printed_in_2026 = replace(control_slip, made_at=datetime(2026, 1, 5, tzinfo=UTC))
    assert "Mẫu số 05 ban hành kèm theo Thông tư số 01/2018/TT-VPCP" in read(print_control_slip(printed_in_2026)).text


def test_a_request_for_papers_follows_the_reception_of_its_dossier(supplement_request, read):
    later = replace(supplement_request, made_at=datetime(2025, 10, 1, tzinfo=UTC))
    assert "01/2018/TT-VPCP" in read(print_supplement_request(later)).text
    before_reception = replace(later, received_at=None)
    assert "03/2025/TT-VPCP" in read(print_supplement_request(before_reception)).text


def test_before_the_first_circular_nothing_can_be_printed(receipt):
    with pytest.raises(NoEdition) as refused:
        print_receipt(replace(receipt, received_at=datetime(2018, 12, 31, tzinfo=UTC)))
    assert "31/12/2018" in refused.value.message("vi")


def test_every_edition_names_a_template_that_exists_and_none_is_listed_twice():
    listed = editions()
    assert all((TEMPLATES / edition.template).is_file() for edition in listed)
    assert len({(edition.kind, edition.valid_from) for edition in listed}) == len(listed)
    assert {edition.kind for edition in listed} == set(PaperKind)
