"""Who reads English is told in English what the diagrams and tables of the procedures name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from engine.dossiers.operations import preview_reception, receive_dossier
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.organisation.queries import actor_for, local_day, person_by_username
from tests.web.conftest import MONDAY_MORNING
from tests.web.test_a_dossier_from_counter_to_result import walk

INSPECTION = "Bản sao kết quả kiểm định kỹ thuật an toàn"
INSPECTION_EN = "Copy of the result of the technical safety inspection"
PAPER, PAPER_EN = "Phiếu khai báo sử dụng máy", "Declaration of the use of machinery"

LICENCE = Reception(
    procedure_code="2.001628",
    applicant=PartyDetails(
        kind="organisation",
        full_name="Công ty TNHH Du lịch Xứ Lạng",
        identity_kind="tax_code",
        identity_number="0102595740",
        phone="0912345678",
        address="Số 12, đường Trần Đăng Ninh",
        represented_by="Lương Văn Mẫu",
    ),
    facts={
        "case": "new",
        "trade_name": "Công ty TNHH Du lịch Xứ Lạng",
        "enterprise_code": "0102595740",
        "deposit_bank": "Ngân hàng thương mại A, chi nhánh Lạng Sơn",
        "deposit_certificate": "KQ-2026/031",
        "manager_name": "Lương Văn Mẫu",
    },
)
UNTIL_THE_BANK = (
    ("bd.lan", {"method": "cash", "receipt_number": "LH-0001"}),
    ("bd.lan", {"packets": 1}),
    ("vh.nga", {"accepted": True}),
    ("vh.binh", {"officer": "vh.huong"}),
)


GUIDE = {"case": "new", "card_type": "domestic", "health_certificate_on": "2026-11-01", "photos": 2}


@pytest.fixture
def guide_card(published) -> str:
    """The number of a dossier for a guide's card, whose fee is not paid yet."""
    clerk = actor_for(published, person_by_username(published, "bd.lan"), local_day(MONDAY_MORNING))
    person = PartyDetails("person", "Nông Thị Hướng", "citizen_id", "020185001234", address="Phường Kỳ Lừa")
    asked = Reception(procedure_code="1.004623", applicant=person, facts=GUIDE)
    papers = preview_reception(published, clerk, MONDAY_MORNING, asked).components
    whole = replace(asked, components=tuple(HandedIn(part.code, originals=1) for part in papers))
    number = receive_dossier(published, clerk, MONDAY_MORNING, whole).number
    published.commit()
    return number


@pytest.fixture
def english(clerk):
    clerk.post("/ngon-ngu", {"language": "en"})
    return clerk


def test_the_papers_of_the_receiving_page_have_english_names(english, declaration) -> None:
    page = english.get("/tiep-nhan?thu_tuc=2.000134").text
    assert page.count(PAPER_EN) >= 5, "in the list, in the labels of its fields, and in what is missing"
    assert PAPER not in page


def test_the_button_says_in_english_what_the_decision_does(english) -> None:
    page = english.get("/tiep-nhan?thu_tuc=2.000134").text
    assert 'data-shown-when="decision=accept">Accept the dossier</span>' in page
    assert 'data-shown-when="decision=supplement" hidden>Ask to complete the dossier</span>' in page
    assert 'data-shown-when="decision=refuse" hidden>Refuse the dossier</span>' in page


def test_the_notes_of_the_papers_are_in_english(english) -> None:
    page = english.get("/tiep-nhan?thu_tuc=2.000134").text
    assert "Still valid on the day of filing." in page
    assert "Còn hiệu lực" not in page


def test_fields_of_procedures_are_named_in_english(english, log_in) -> None:
    assert "· Tourism<" in english.get("/tiep-nhan?tim=1.004623", headers={"HX-Request": "true"}).text
    assert "· Tourism</div>" in english.get("/tiep-nhan?thu_tuc=1.004623").text
    catalogue = english.get("/thu-tuc?tim=1.004623").text
    assert ">Tourism<" in catalogue
    version = english.get(re.search(r"/thu-tuc/\d+", catalogue)[0]).text
    assert "<dd>Tourism</dd>" in version
    assert "<dd>Tour guide card</dd>" in version
    assert "<title>Tour guide card" in version


def test_fees_are_named_in_english_before_and_after_reception(english, guide_card) -> None:
    preview = english.post("/tiep-nhan/xem-truoc", {"thu_tuc": "1.004623", "answers": json.dumps(GUIDE)}).text
    assert "Appraisal fee for the domestic tour guide card" in preview
    assert "Phí thẩm định cấp thẻ" not in preview
    page = english.get(f"/ho-so/{guide_card}").text
    assert "<td>Appraisal fee for the domestic tour guide card<" in page
    assert "<td>Phí thẩm định" not in page


def test_the_diagram_is_drawn_in_english(clerk, received) -> None:
    address = f"/ho-so/{received}/so-do"
    assert 'name="Bàn giao hồ sơ cho cơ quan"' in clerk.get(address).json["diagrams"]["procedure"]
    clerk.post("/ngon-ngu", {"language": "en"})
    for diagram in clerk.get(address).json["diagrams"].values():
        drawn = re.findall(r'<bpmn:(?!process|property|message|error|category )[^>]* (?:name|value)="([^"]*)"', diagram)
        assert drawn
        assert not [name for name in drawn if not name.isascii()]


def test_the_papers_of_the_dossiers_page_have_english_names(clerk, received) -> None:
    assert PAPER in clerk.get(f"/ho-so/{received}").text
    clerk.post("/ngon-ngu", {"language": "en"})
    page = clerk.get(f"/ho-so/{received}").text
    assert PAPER_EN in page
    assert PAPER not in page


def ask_for_papers(log_in, open_task, number: str) -> None:
    """The agency asks the applicant of a dossier at the counter for an inspection that is still valid."""
    asked = {"decision": "supplement", "inspection_valid": False, "reason": "Kết quả kiểm định đã hết hạn"}
    walk(log_in, open_task, number, until="examine")
    log_in("nv.hoa").complete(open_task(number), **asked)
    papers = [{"component": "inspection_result", "wanted": "Bản còn hiệu lực"}]
    log_in("nv.hoa").complete(open_task(number), papers=papers, reason="Đã hết hạn")
    log_in("nv.son").complete(open_task(number), decision="approve")


def test_the_supplements_page_asks_in_english(clerk, log_in, received, open_task) -> None:
    ask_for_papers(log_in, open_task, received)
    clerk.post("/ngon-ngu", {"language": "en"})
    for address in (f"/viec/{open_task(received).id}", f"/ho-so/{received}"):
        page = clerk.get(address).text
        assert page.count(f"{INSPECTION_EN}: Bản còn hiệu lực") == (1 if "/viec/" in address else 2)
        assert INSPECTION not in page
        assert PAPER not in page


def test_copies_of_a_supplement_that_cannot_be_are_named_in_english(clerk, log_in, received, open_task) -> None:
    ask_for_papers(log_in, open_task, received)
    clerk.post("/ngon-ngu", {"language": "en"})
    handed = {"components.inspection_result.on": "1", "components.inspection_result.copies": "5000", "answers": "{}"}
    answer = clerk.post(f"/viec/{open_task(received).id}/hoan-thanh", handed)
    assert answer.status_code == 422
    assert "The number of originals/copies is not valid: “0/5000”" in unescape(answer.text)


def test_the_time_line_says_in_english_which_papers_were_missing_at_the_counter(clerk, declaration) -> None:
    kept = {name: value for name, value in declaration.items() if not name.startswith("components.inspection_result")}
    answer = clerk.post("/tiep-nhan", {**kept, "decision": "supplement", "reason": "Chưa có bản sao"})
    address = answer.location.split("?")[0]
    assert f"- {INSPECTION}\nChưa có bản sao" in clerk.get(address).text
    clerk.post("/ngon-ngu", {"language": "en"})
    assert f"- {INSPECTION_EN}\nChưa có bản sao" in clerk.get(address).text
    assert INSPECTION not in clerk.get(address).text


def test_a_missing_paper_is_named_in_english(english, declaration) -> None:
    kept = {name: value for name, value in declaration.items() if not name.startswith("components.inspection_result")}
    answer = english.post("/tiep-nhan", kept)
    assert answer.status_code == 422
    assert f"“{INSPECTION_EN}” is missing" in unescape(answer.text)
    assert INSPECTION not in answer.text


def test_a_number_of_copies_that_cannot_be_is_named_in_english(english, declaration) -> None:
    answer = english.post("/tiep-nhan", {**declaration, "components.inspection_result.copies": "5000"})
    assert answer.status_code == 422
    assert "The number of originals/copies is not valid: “0/5000”" in unescape(answer.text)


def test_the_choices_of_a_form_are_in_english(log_in, received, open_task) -> None:
    asked = {"decision": "supplement", "inspection_valid": False, "reason": "Kết quả kiểm định đã hết hạn"}
    walk(log_in, open_task, received, until="examine")
    officer = log_in("nv.hoa")
    officer.complete(open_task(received), **asked)
    officer.post("/ngon-ngu", {"language": "en"})
    page = officer.get(f"/viec/{open_task(received).id}").text
    handed = json.loads(page.split('<script type="application/json">')[1].split("</script>")[0])
    assert PAPER_EN in handed["data"]["components"][0]["label"]


@pytest.fixture
def waiting_for_the_bank(log_in, open_task, published) -> str:
    """The number of a travel business's dossier that waits for the bank to confirm the deposit."""
    clerk = actor_for(published, person_by_username(published, "bd.lan"), local_day(MONDAY_MORNING))
    asked = preview_reception(published, clerk, MONDAY_MORNING, LICENCE).components
    whole = replace(LICENCE, components=tuple(HandedIn(part.code, originals=1) for part in asked))
    number = receive_dossier(published, clerk, MONDAY_MORNING, whole).number
    published.commit()
    for username, answers in UNTIL_THE_BANK:
        assert log_in(username).complete(open_task(number), **answers).status_code == 303
    return number


def test_what_a_dossier_waits_for_is_said_in_english(clerk, waiting_for_the_bank) -> None:
    page = f"/ho-so/{waiting_for_the_bank}"
    assert "</svg> Chờ ngân hàng xác nhận" in clerk.get(page).text
    clerk.post("/ngon-ngu", {"language": "en"})
    assert "</svg> Wait for the bank" in clerk.get(page).text
    assert "</svg> Chờ ngân hàng xác nhận" not in clerk.get(page).text
