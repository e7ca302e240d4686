"""Requests for papers and refusals carry the number of the office's series, and say row by row what is asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest

from engine.dossiers.models import DocumentKind, RequestedPaper
from engine.dossiers.operations import complete_reception, make_document, receive_dossier
from engine.forms import FormRefused

MORNING, ASKED, LATER = "2026-03-09 08:30", "2026-03-10 10:00", "2026-03-11 15:00"

LABEL = {"component": "inspection_result", "wanted": "Thiếu ảnh tem kiểm định", "copies": 2}
FORM = {"component": "declaration", "wanted": "Ghi lại số chế tạo", "originals": 1, "certified_copies": 3}


def ask(office, moment, papers=(LABEL, FORM), *, reason="Chưa đối chiếu được thiết bị"):
    """A dossier for which the agency has asked for papers."""
    dossier, asked = office.examine(moment(MORNING)), moment(ASKED)
    office.ask_for_papers(dossier, asked, papers, reason)
    return dossier


def turned_away(office, now, decision, **changes):
    """A dossier that the clerk did not accept."""
    reception = replace(office.complete_reception(now), decision=decision, reason="Chưa đủ giấy tờ", **changes)
    return receive_dossier(office.session, office.actor("bd.lan", now), now, reception)


def printed(office, dossier, now, kind=DocumentKind.SUPPLEMENT_REQUEST):
    document = make_document(office.session, office.actor("bd.lan", now), now, dossier.id, kind)
    office.session.flush()
    pages = pypdfium2.PdfDocument(document.content)
    return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in pages))


def test_the_agencys_request_has_a_number_and_a_row_for_each_paper(office, moment):
    text = printed(office, ask(office, moment), moment(ASKED))
    assert "Số: 01/HDHS" in text
    assert "1 Bản sao kết quả kiểm định kỹ thuật an toàn Thiếu ảnh tem kiểm định 2" in text
    assert "2 Phiếu khai báo sử dụng máy, thiết bị, vật tư Ghi lại số chế tạo 1 3" in text
    assert "Lý do: Chưa đối chiếu được thiết bị" in text


def test_two_requests_of_an_agency_have_consecutive_numbers(office, moment):
    first, second = ask(office, moment), ask(office, moment)
    assert "Số: 01/HDHS" in printed(office, first, moment(ASKED))
    assert "Số: 02/HDHS" in printed(office, second, moment(ASKED))


def test_the_number_is_the_requests_whichever_is_printed_first(office, moment):
    first, second = ask(office, moment), ask(office, moment)
    assert "Số: 02/HDHS" in printed(office, second, moment(ASKED))
    assert "Số: 01/HDHS" in printed(office, first, moment(LATER))


def test_a_request_printed_again_keeps_its_number(office, moment):
    dossier = ask(office, moment)
    printed(office, dossier, moment(ASKED))
    ask(office, moment)
    assert "Số: 01/HDHS" in printed(office, dossier, moment(LATER))


def test_a_new_year_begins_a_new_series(office, moment):
    last = moment("2026-12-31 09:00")
    assert "01/TCHS" in printed(office, turned_away(office, last, "refuse"), last, DocumentKind.REFUSAL)
    assert "02/TCHS" in printed(office, turned_away(office, last, "refuse"), last, DocumentKind.REFUSAL)
    first = moment("2027-01-04 09:00")
    assert "01/TCHS" in printed(office, turned_away(office, first, "refuse"), first, DocumentKind.REFUSAL)


def test_the_counters_guidance_lists_what_was_not_handed_in(office, moment):
    now = moment(MORNING)
    whole = office.complete_reception(now)
    text = printed(office, turned_away(office, now, "supplement", components=whole.components[:1]), now)
    assert "Số: 01/HDHS" in text
    assert "1 Bản sao kết quả kiểm định kỹ thuật an toàn 1" in text
    assert "Phiếu khai báo" not in text


def test_a_second_guidance_at_the_counter_has_rows_and_a_number_of_its_own(office, moment):
    now, later = moment(MORNING), moment(LATER)
    whole = office.complete_reception(now)
    dossier = turned_away(office, now, "supplement", components=())
    printed(office, dossier, now)
    again = replace(whole, components=whole.components[:1], decision="supplement", reason="Vẫn thiếu")
    task = office.task(dossier, "receive_completed_dossier")
    complete_reception(office.session, office.actor("bd.lan", later), later, task.id, again)
    text = printed(office, dossier, later)
    assert "Số: 02/HDHS" in text
    assert "1 Bản sao kết quả kiểm định kỹ thuật an toàn 1" in text
    assert "Phiếu khai báo" not in text


def test_the_agency_and_the_counter_count_for_themselves(office, moment):
    now = moment(MORNING)
    assert "Số: 01/HDHS" in printed(office, turned_away(office, now, "supplement", components=()), now)
    assert "Số: 01/HDHS" in printed(office, ask(office, moment), moment(ASKED))


def test_a_paper_that_is_not_on_the_published_list_cannot_be_asked_for(office, moment):
    with pytest.raises(FormRefused) as refused:
        ask(office, moment, [{"component": "birth_certificate", "wanted": "Bản sao giấy khai sinh"}])
    assert list(refused.value.fields) == ["papers.0.component"]
    assert office.session.query(RequestedPaper).count() == 0


def test_a_draft_written_as_one_text_under_an_older_form_is_the_reason(office, moment):
    dossier, asked = office.examine(moment(MORNING)), moment(ASKED)
    office.do(dossier, "examine", "nv.hoa", asked, {"decision": "supplement", "reason": "Thiếu tem kiểm định"})
    done = office.do(dossier, "draft_supplement", "nv.hoa", asked, {"papers": [LABEL], "reason": "Chưa thấy tem"})
    done.task.answers = {"missing": "Ảnh tem kiểm định", "reason": "Chưa thấy tem"}
    office.do(dossier, "approve_supplement", "nv.son", asked, {"decision": "approve"})
    assert "Lý do: Ảnh tem kiểm định Chưa thấy tem" in printed(office, dossier, asked)
