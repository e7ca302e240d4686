"""The receiving page: choosing, previewing, saving, and complaints at their fields."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.dossiers.models import Attachment, Dossier
from tests.web.conftest import MONDAY_MORNING

GUIDE_CARD = "1.004623"
PDF = b"%PDF-1.7\n%%EOF\n"


def dossiers(published: Session) -> int:
    return published.scalar(select(func.count()).select_from(Dossier))


def handed_to_the_form(page: str) -> dict:
    """What the page hands to the form-js island."""
    return json.loads(page.split('<script type="application/json">')[1].split("</script>")[0])


def test_a_procedure_is_found_by_a_few_letters_without_accents(clerk) -> None:
    part = clerk.get("/tiep-nhan?tim=huong+dan+vien", headers={"HX-Request": "true"}).text
    assert "Cấp thẻ hướng dẫn viên du lịch" in part
    assert "Sở Văn hóa, Thể thao và Du lịch" in part
    assert "15 ngày" in part
    assert "Khai báo" not in part
    assert "<html" not in part


def test_the_enter_key_opens_the_only_procedure_that_matches(clerk) -> None:
    answer = clerk.get("/tiep-nhan?tim=huong+dan+vien")
    assert (answer.status_code, answer.location) == (302, f"/tiep-nhan?thu_tuc={GUIDE_CARD}")
    for several_or_none in ("cap", "khong co thu tuc nao nhu vay"):
        assert clerk.get("/tiep-nhan", query_string={"tim": several_or_none}).status_code == 200


def test_a_procedure_that_does_not_exist_is_said_to_be_unknown(clerk) -> None:
    answer = clerk.get("/tiep-nhan?thu_tuc=9.999999")
    assert answer.status_code == 404
    assert "9.999999" in answer.text


def test_due_date_and_fee_are_shown_before_anything_is_saved(clerk, published) -> None:
    before = dossiers(published)
    fields = {"thu_tuc": GUIDE_CARD, "answers": json.dumps({"case": "new", "card_type": "domestic"})}
    part = clerk.post("/tiep-nhan/xem-truoc", fields).text
    assert "650.000 đồng" in part
    assert "08/12/2026" in part
    assert "Còn thiếu" in part
    assert dossiers(published) == before


def test_the_preview_follows_the_case(clerk) -> None:
    fields = {"thu_tuc": GUIDE_CARD, "answers": json.dumps({"case": "exchange", "card_type": "domestic"})}
    part = clerk.post("/tiep-nhan/xem-truoc", fields).text
    assert "10 ngày" in part
    assert "Thẻ hướng dẫn viên du lịch đã cấp" in part


def test_the_preview_warns_when_number_and_birth_date_disagree(clerk) -> None:
    fields = {
        "thu_tuc": GUIDE_CARD,
        "applicant.kind": "person",
        "applicant.identity_kind": "citizen_id",
        "applicant.identity_number": "020185001234",
        "applicant.born_on": "17/02/1986",
    }
    part = clerk.post("/tiep-nhan/xem-truoc", fields).text
    assert "sinh năm 1985" in part
    assert "1986" in part


def test_a_received_dossier_has_its_number_and_its_receipt(clerk, received, published) -> None:
    page = clerk.get(f"/ho-so/{received}?moi=1").text
    assert received in page
    assert f"/ho-so/{received}/giay-to/receipt.pdf" in page
    receipt = clerk.get(f"/ho-so/{received}/giay-to/receipt.pdf")
    assert receipt.mimetype == "application/pdf"
    assert receipt.data.startswith(b"%PDF-")
    assert clerk.get(f"/ho-so/{received}/giay-to/receipt.pdf").data == receipt.data


def test_wrong_entries_are_shown_at_their_fields_and_nothing_typed_is_lost(clerk, declaration, published) -> None:
    before = dossiers(published)
    wrong = {
        **declaration,
        "applicant.phone": "0112345678",
        "applicant.identity_number": "0102595741",
        "return_method": "post",
    }
    del wrong["components.inspection_result.on"]
    answer = clerk.post("/tiep-nhan", wrong)
    assert answer.status_code == 422
    for field in ("applicant-phone", "applicant-identity_number", "components-inspection_result", "return_address"):
        assert f'id="error-{field}"' in answer.text
    assert 'value="0112345678"' in answer.text
    assert "Công ty TNHH Cơ khí Đồng Đăng" in answer.text
    assert handed_to_the_form(answer.text)["data"]["equipment_name"] == "Thang máy chở hàng 1.000 kg"
    assert dossiers(published) == before


def test_a_complaint_about_the_procedures_own_form_goes_to_its_field(clerk, declaration) -> None:
    answers = json.loads(declaration["answers"]) | {"quantity": 0}
    answer = clerk.post("/tiep-nhan", {**declaration, "answers": json.dumps(answers)})
    assert answer.status_code == 422
    assert list(handed_to_the_form(answer.text)["errors"]) == ["quantity"]


def test_a_value_whose_key_is_typename_is_refused(clerk, declaration, published) -> None:
    before = dossiers(published)
    answers = json.loads(declaration["answers"]) | {"quantity": {"typename": "Process"}}
    answer = clerk.post("/tiep-nhan", {**declaration, "answers": json.dumps(answers)})
    assert answer.status_code == 422
    assert "typename" in answer.text
    assert dossiers(published) == before


def test_a_date_that_does_not_exist_is_refused_at_its_field(clerk, declaration) -> None:
    answer = clerk.post("/tiep-nhan", {**declaration, "applicant.born_on": "31/02/1985"})
    assert answer.status_code == 422
    assert 'id="error-applicant-born_on"' in answer.text


def test_a_scan_is_kept_with_its_component(clerk, declaration, published) -> None:
    answer = clerk.post("/tiep-nhan", {**declaration, "scan.declaration": (BytesIO(PDF), "khai-bao.pdf")})
    assert answer.status_code == 303
    kept = published.scalars(select(Attachment).order_by(Attachment.uploaded_at.desc())).first()
    assert kept.file_name == "khai-bao.pdf"
    assert kept.component_id is not None
    shown = clerk.get(f"/tep/{kept.id}")
    assert (shown.mimetype, shown.data) == ("application/pdf", PDF)


def test_a_file_that_is_no_scan_stops_the_whole_reception(clerk, declaration, published) -> None:
    before = dossiers(published)
    answer = clerk.post("/tiep-nhan", {**declaration, "scan.declaration": (BytesIO(b"MZ..."), "virus.pdf")})
    assert answer.status_code == 422
    assert "virus.pdf" in answer.text
    assert dossiers(published) == before


def test_refusal_and_completion_need_a_reason_and_print_their_slip(clerk, declaration) -> None:
    for decision, paper in (("supplement", "supplement_request"), ("refuse", "refusal")):
        without = clerk.post("/tiep-nhan", {**declaration, "decision": decision})
        assert without.status_code == 422
        assert 'id="error-reason"' in without.text
        answer = clerk.post(
            "/tiep-nhan", {**declaration, "decision": decision, "reason": "Thiếu bản sao kết quả kiểm định"}
        )
        assert answer.status_code == 303
        number = answer.location.split("/ho-so/")[1].split("?")[0]
        assert clerk.get(f"/ho-so/{number}/giay-to/{paper}.pdf").data.startswith(b"%PDF-")


def test_a_dossier_brought_back_complete_is_received_on_the_same_page(clerk, declaration, open_task) -> None:
    answer = clerk.post("/tiep-nhan", {**declaration, "decision": "supplement", "reason": "Thiếu giấy tờ"})
    reference = answer.location.split("/ho-so/")[1].split("?")[0]
    task = open_task(reference)
    assert clerk.get(f"/viec/{task.id}").location == f"/tiep-nhan/{task.id}"
    page = clerk.get(f"/tiep-nhan/{task.id}").text
    assert "Công ty TNHH Cơ khí Đồng Đăng" in page
    done = clerk.post(f"/tiep-nhan/{task.id}", declaration)
    assert done.status_code == 303
    assert "H37" in done.location


def test_a_dossier_brought_back_is_received_though_its_procedure_is_offered_no_more(
    clerk, declaration, open_task, published
) -> None:
    answer = clerk.post("/tiep-nhan", {**declaration, "decision": "supplement", "reason": "Thiếu giấy tờ"})
    task = open_task(answer.location.split("/ho-so/")[1].split("?")[0])
    task.dossier.version.effective_to = MONDAY_MORNING.date() - timedelta(days=1)
    published.flush()
    assert clerk.post("/tiep-nhan", declaration).status_code == 404
    page = clerk.get(f"/tiep-nhan/{task.id}")
    assert page.status_code == 200
    address = re.search(r'hx-post="(/tiep-nhan/xem-truoc[^"]*)"', page.text)[1]
    assert "Phiếu khai báo" in clerk.post(address, declaration).text
    done = clerk.post(f"/tiep-nhan/{task.id}", declaration)
    assert done.status_code == 303
    assert "H37" in done.location


def test_the_receiving_page_wants_the_day_first_and_reads_it_back(clerk, declaration) -> None:
    page = clerk.post("/tiep-nhan", {**declaration, "applicant.phone": "1", "applicant.born_on": "7/2/1985"}).text
    assert 'value="7/2/1985"' in page


def test_the_time_line_speaks_the_readers_language(clerk, received) -> None:
    assert "Hoàn thành công việc</strong>: Tiếp nhận hồ sơ" in clerk.get(f"/ho-so/{received}").text
    clerk.post("/ngon-ngu", {"language": "en"})
    story = clerk.get(f"/ho-so/{received}").text.split('<ol class="timeline"')[1].split("</ol>")[0]
    assert "Tiếp nhận hồ sơ" not in story
    assert "Khai báo khi đưa vào sử dụng" not in story


def test_the_preview_is_provisional_until_the_procedures_questions_are_answered(clerk, declaration) -> None:
    unanswered = clerk.post("/tiep-nhan/xem-truoc", {**declaration, "answers": "{}"}).text
    assert "Tạm tính" in unanswered
    assert "Tạm tính" not in clerk.post("/tiep-nhan/xem-truoc", declaration).text


def test_the_button_says_what_the_decision_does(clerk, declaration) -> None:
    page = clerk.post("/tiep-nhan", {**declaration, "decision": "refuse"}).text
    assert 'data-shown-when="decision=accept" hidden>Tiếp nhận hồ sơ</span>' in page
    assert 'data-shown-when="decision=supplement" hidden>Yêu cầu hoàn thiện hồ sơ</span>' in page
    assert 'data-shown-when="decision=refuse">Từ chối tiếp nhận</span>' in page
