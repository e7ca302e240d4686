"""A whole dossier through the pages, and what the pages refuse on the way."""

from __future__ import annotations

import json
import re
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.dossiers.models import Attachment, Dossier, DossierState, Event, EventKind, Payment, PaymentMethod, Refund
from engine.organisation.queries import person_by_username
from tests.web.conftest import MONDAY_MORNING

WALK = [
    ("bd.lan", "give", {"packets": 1}),
    ("nv.mai", "take", {"accepted": True}),
    ("nv.son", "assign", {"officer": "nv.hoa"}),
    ("nv.hoa", "examine", {"decision": "approve", "inspection_valid": True}),
    ("nv.son", "review", {"decision": "approve"}),
    ("nv.thang", "sign", {"decision": "sign"}),
    ("nv.mai", "issue", {"document_number": "12/GXN-SNV", "document_date": "2026-11-23"}),
    ("bd.lan", "take_result", {"packets": 1}),
    ("bd.lan", "return_to_applicant", {"method": "counter", "recipient_name": "Vi Văn Sỹ"}),
]


def walk(log_in, open_task, number: str, until: str | None = None) -> None:
    for username, element, answers in WALK:
        if element == until:
            return
        task = open_task(number)
        assert task.element_id == element
        browser = log_in(username)
        page = browser.get(f"/viec/{task.id}")
        assert page.status_code == 200
        assert 'id="task-form"' in page.text
        answer = browser.complete(task, **answers)
        assert answer.status_code == 303, answer.text


def test_from_the_counter_to_the_returned_result(log_in, received, open_task, published: Session) -> None:
    walk(log_in, open_task, received)
    dossier = published.scalars(select(Dossier).where(Dossier.number == received)).one()
    assert dossier.state == DossierState.RETURNED
    page = log_in("bd.lan").get(f"/ho-so/{received}").text
    assert "12/GXN-SNV" in page
    assert "Đã trả kết quả" in page
    assert "Hồ sơ đã kết thúc" in page
    assert "Nhận tại quầy: người nhận Vi Văn Sỹ <span" in page


def test_a_posted_result_shows_its_tracking_number(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="return_to_applicant")
    posted = {"method": "post", "tracking_number": "EB123456785VN"}
    assert log_in("bd.lan").complete(open_task(received), **posted).status_code == 303
    page = log_in("bd.lan").get(f"/ho-so/{received}").text
    assert "Nhận qua bưu điện: số hiệu bưu gửi EB123456785VN <span" in page


def test_what_one_person_did_in_one_action_is_one_entry_of_the_time_line(clerk, received) -> None:
    story = clerk.get(f"/ho-so/{received}").text.split('<ol class="timeline"')[1].split("</ol>")[0]
    reception = next(entry for entry in story.split("</li>") if "Mã số " in entry)
    assert "Hoàn thành công việc</strong>: Tiếp nhận hồ sơ" in reception
    assert reception.count("Mạc Thị Lan") <= 1


def test_the_work_list_offers_the_task_to_its_role_only(log_in, received) -> None:
    assert received in log_in("bd.hung").get("/viec").text
    assert received not in log_in("nv.mai").get("/viec").text


def test_the_work_list_is_searched_by_number_or_name_without_accents(clerk, received) -> None:
    assert received in clerk.get("/viec?tim=co+khi+dong+dang").text
    assert received in clerk.get(f"/viec?tim={received}").text
    assert received not in clerk.get("/viec?tim=khong+co+ai").text


def test_the_second_of_two_who_complete_a_task_is_told_who_was_first_and_when(log_in, received, open_task) -> None:
    task = open_task(received)
    assert log_in("bd.lan").complete(task, packets=1).status_code == 303
    late = log_in("bd.hung").complete(task, packets=1)
    assert late.status_code == 409
    assert "Hoàng Thị Lan" in late.text
    assert "09:30 23/11/2026" in late.text


def test_a_claimed_task_says_who_holds_it(log_in, received, open_task) -> None:
    task = open_task(received)
    lan, hung = log_in("bd.lan"), log_in("bd.hung")
    assert lan.post(f"/viec/{task.id}/nhan").status_code == 303
    refused = hung.post(f"/viec/{task.id}/nhan")
    assert refused.status_code == 409
    assert "Hoàng Thị Lan" in refused.text
    assert lan.post(f"/viec/{task.id}/tra-lai").status_code == 303
    assert hung.post(f"/viec/{task.id}/nhan").status_code == 303


def test_a_wrong_field_comes_back_at_its_place_with_the_answers_kept(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="issue")
    answer = log_in("nv.mai").complete(open_task(received), document_number="", document_date="2026-11-23")
    assert answer.status_code == 422
    handed = json.loads(answer.text.split('<script type="application/json">')[1].split("</script>")[0])
    assert list(handed["errors"]) == ["document_number"]
    assert handed["data"]["document_date"] == "2026-11-23"


def test_answers_that_are_no_object_are_refused(clerk, received, open_task) -> None:
    task = open_task(received)
    for answers in ("[]", "{", "7"):
        assert clerk.post(f"/viec/{task.id}/hoan-thanh", {"answers": answers}).status_code == 422


def test_a_dossier_of_another_agency_is_as_unknown_as_one_that_does_not_exist(log_in, received, open_task) -> None:
    stranger = log_in("vh.huong")
    assert stranger.get(f"/ho-so/{received}").status_code == 404
    assert stranger.get("/ho-so/H37.15-261123-9999").status_code == 404
    assert stranger.get(f"/ho-so/{received}/so-do").status_code == 404
    assert stranger.get(f"/ho-so/{received}/giay-to/receipt.pdf").status_code == 404
    assert stranger.get(f"/viec/{open_task(received).id}").status_code == 404
    assert received not in stranger.get("/ho-so?tim=co+khi").text


def test_an_officer_of_the_agency_may_not_do_the_clerks_task(log_in, received, open_task) -> None:
    task = open_task(received)
    officer = log_in("nv.hoa")
    page = officer.get(f"/viec/{task.id}")
    assert "nhân viên bưu điện" in page.text
    assert 'id="task-form"' not in page.text
    assert officer.complete(task, packets=1).status_code == 403


def test_an_identity_number_is_masked_until_somebody_looks_and_the_look_is_logged(clerk, received, published) -> None:
    assert "0102595740" not in clerk.get(f"/ho-so/{received}").text
    shown = clerk.post(f"/ho-so/{received}/so-dinh-danh")
    assert "0102595740" in shown.text
    looks = published.scalars(select(Event).where(Event.kind == EventKind.IDENTITY_READ)).all()
    assert [look.actor_name for look in looks] == ["Hoàng Thị Lan"]


def test_the_head_passes_a_task_on_to_another_officer(log_in, received, open_task, published) -> None:
    walk(log_in, open_task, received, until="examine")
    task = open_task(received)
    other = person_by_username(published, "nv.dung")
    head = log_in("nv.son")
    assert "Lý Tiến Dũng" in head.get(f"/viec/{task.id}").text
    assert head.post(f"/viec/{task.id}/chuyen", {"nguoi": str(other.id)}).status_code == 303
    assert open_task(received).claimed_by_id == other.id


def test_the_diagram_says_what_is_done_and_what_is_open(clerk, received) -> None:
    drawing = clerk.get(f"/ho-so/{received}/so-do").json
    marks = {(tuple(mark["path"]), mark["element"]): mark["progress"] for mark in drawing["marks"]}
    assert "give" in {element for (path, element), progress in marks.items() if progress == "open"}
    assert "receive_dossier" in {element for (path, element), progress in marks.items() if progress == "done"}
    assert {"procedure", "intake", "handover"} <= set(drawing["diagrams"])
    assert drawing["root"] in drawing["diagrams"]


def test_a_withdrawal_is_noted_and_confirmed_by_the_agency(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="examine")
    clerk = log_in("bd.lan")
    assert clerk.post(f"/ho-so/{received}/rut", {"ly-do": " "}).status_code == 422
    assert clerk.post(f"/ho-so/{received}/rut", {"ly-do": "Không còn nhu cầu"}).status_code == 303
    assert open_task(received).element_id == "confirm_withdrawal"
    assert "Không còn nhu cầu" in clerk.get(f"/ho-so/{received}").text


def test_opinions_and_drafts_stay_within_the_agency(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="review")
    task = open_task(received)
    assert "Các bước trước" in log_in("nv.son").get(f"/viec/{task.id}").text
    assert "Các bước trước" not in log_in("bd.lan").get(f"/viec/{task.id}").text


def test_the_overview_counts_what_is_open_and_what_is_late(log_in, received, office_clock) -> None:
    manager = log_in("tt.minh")
    assert "Không có hồ sơ quá hạn." in manager.get("/dieu-hanh").text
    office_clock.advance(days=15)
    late = log_in("tt.minh").get("/dieu-hanh").text
    assert received in late
    body = re.search(r"<th scope=\"row\">Sở Nội vụ</th>(.*?)</tr>", late, re.DOTALL)
    assert body
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", body[1], re.DOTALL)]
    assert cells[:2] == ["1", "1"], "the sum and what is late stand before the states, where every screen shows them"


def test_a_draft_of_the_agency_is_not_for_the_counter_but_the_issued_result_is(
    log_in, received, open_task, published
) -> None:
    walk(log_in, open_task, received, until="examine")
    officer = log_in("nv.hoa")
    task = open_task(received)
    draft = {"answers": json.dumps(WALK[3][2]), "tep": (BytesIO(b"%PDF-draft"), "du-thao.pdf")}
    assert officer.post(f"/viec/{task.id}/hoan-thanh", draft).status_code == 303
    kept = published.scalars(select(Attachment)).one()
    clerk = log_in("bd.lan")
    assert "du-thao.pdf" not in clerk.get(f"/ho-so/{received}").text
    assert clerk.get(f"/tep/{kept.id}").status_code == 404
    assert officer.get(f"/tep/{kept.id}").status_code == 200


def test_papers_of_a_supplement_are_kept_beside_the_first_ones_with_their_scans(
    log_in, received, open_task, published
) -> None:
    walk(log_in, open_task, received, until="examine")
    asked = {"decision": "supplement", "inspection_valid": False, "reason": "Kết quả kiểm định đã hết hạn"}
    assert log_in("nv.hoa").complete(open_task(received), **asked).status_code == 303
    asked_for = [{"component": "inspection_result", "wanted": "Bản còn hiệu lực"}]
    log_in("nv.hoa").complete(open_task(received), papers=asked_for, reason="Đã hết hạn")
    log_in("nv.son").complete(open_task(received), decision="approve")
    clerk = log_in("bd.lan")
    task = open_task(received)
    page = clerk.get(f"/viec/{task.id}").text
    assert "Bản còn hiệu lực" in page
    first, second = re.findall(r'name="components\.(\w+)\.on".*?</label>', page, re.DOTALL)
    assert (first, second) == ("inspection_result", "declaration"), "what was asked for comes first"
    assert page.partition('name="components.declaration.on"')[0].count("được yêu cầu") == 1
    assert page.count("được yêu cầu") == 1
    fields = {
        "answers": "{}",
        "components.inspection_result.on": "1",
        "components.inspection_result.copies": "1",
        "scan.inspection_result": (BytesIO(b"%PDF-new"), "kiem-dinh-moi.pdf"),
    }
    wrong = clerk.post(f"/viec/{task.id}/hoan-thanh", {**fields, "components.inspection_result.copies": "1000"})
    assert wrong.status_code == 422
    fields["scan.inspection_result"] = (BytesIO(b"%PDF-new"), "kiem-dinh-moi.pdf")
    assert clerk.post(f"/viec/{task.id}/hoan-thanh", fields).status_code == 303
    dossier = published.scalars(select(Dossier).where(Dossier.number == received)).one()
    assert sorted((part.code, part.supplement) for part in dossier.components) == [
        ("declaration", 0),
        ("inspection_result", 0),
        ("inspection_result", 1),
    ]
    assert "kiem-dinh-moi.pdf" in clerk.get(f"/ho-so/{received}").text


def test_the_return_page_warns_of_an_unusual_tracking_number(clerk) -> None:
    def warning(number: str) -> str:
        return clerk.post("/tra-ket-qua/so-hieu", {"answers": json.dumps({"tracking_number": number})}).text

    assert "Vẫn lưu được" in warning("EB123456784VN")
    assert "Vẫn lưu được" not in warning("EB123456785VN")
    assert "Vẫn lưu được" not in warning("")


def test_a_file_that_is_no_scan_is_refused_with_the_answers_kept(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="examine")
    task = open_task(received)
    fields = {"answers": json.dumps(WALK[3][2]), "tep": (BytesIO(b"MZ"), "virus.exe")}
    answer = log_in("nv.hoa").post(f"/viec/{task.id}/hoan-thanh", fields)
    assert answer.status_code == 422
    assert "virus.exe" in answer.text
    handed = json.loads(answer.text.split('<script type="application/json">')[1].split("</script>")[0])
    assert handed["data"]["decision"] == "approve"
    assert open_task(received).id == task.id


def test_only_the_counter_and_the_manager_note_a_withdrawal(log_in, received) -> None:
    officer = log_in("nv.hoa")
    assert "xin rút hồ sơ" not in officer.get(f"/ho-so/{received}").text
    assert officer.post(f"/ho-so/{received}/rut", {"ly-do": "?"}).status_code == 403
    assert "xin rút hồ sơ" in log_in("tt.minh").get(f"/ho-so/{received}").text


def test_the_page_tells_what_was_paid_back_of_which_receipt(clerk, received, published) -> None:
    dossier = published.scalars(select(Dossier).where(Dossier.number == received)).one()
    payment = Payment(
        dossier_id=dossier.id,
        method=PaymentMethod.CASH,
        amount=650_000,
        receipt_number="LH-0101",
        collected_by_id=person_by_username(published, "bd.lan").id,
        collected_at=MONDAY_MORNING,
    )
    published.add(Refund(payment=payment, kind="phi", amount=50_000, refunded_at=MONDAY_MORNING))
    published.flush()
    page = clerk.get(f"/ho-so/{received}").text
    assert "biên lai LH-0101" in page
    assert "Hoàn 50.000 đồng của biên lai LH-0101" in page


def test_a_pdf_is_shown_by_the_browsers_own_viewer(clerk, received) -> None:
    receipt = clerk.get(f"/ho-so/{received}/giay-to/receipt.pdf")
    assert "object-src" not in receipt.headers["Content-Security-Policy"]
    assert receipt.headers["X-Content-Type-Options"] == "nosniff"


def test_the_leader_allows_a_further_request_on_the_dossiers_page(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="examine")
    leader, head = log_in("nv.thang"), log_in("nv.son")
    papers = [{"component": "inspection_result", "wanted": "Bản còn hiệu lực"}]
    asked = {"decision": "supplement", "inspection_valid": False, "reason": "Kết quả kiểm định đã hết hạn"}
    assert "bo-sung-them" not in leader.get(f"/ho-so/{received}").text
    log_in("nv.hoa").complete(open_task(received), **asked)
    log_in("nv.hoa").complete(open_task(received), papers=papers, reason="Đã hết hạn")
    head.complete(open_task(received), decision="approve")
    page = f"/ho-so/{received}"
    assert "bo-sung-them" in leader.get(page).text
    assert "bo-sung-them" not in head.get(page).text
    assert head.post(f"{page}/bo-sung-them", {"ly-do": "Tem bị bong"}).status_code == 403
    assert leader.post(f"{page}/bo-sung-them", {"ly-do": " "}).status_code == 422
    allowed = leader.post(f"{page}/bo-sung-them", {"ly-do": "Tem bị bong"}, follow_redirects=True)
    assert "Đã cho phép yêu cầu bổ sung thêm một lần." in allowed.text
    assert "Tem bị bong" in head.get(page).text
    assert "Tem bị bong" not in log_in("bd.lan").get(page).text
    assert "bo-sung-them" not in leader.get(page).text


def test_the_leader_apologises_on_the_dossiers_page_and_all_see_the_new_date(log_in, received, open_task) -> None:
    walk(log_in, open_task, received, until="examine")
    leader, page = log_in("nv.thang"), f"/ho-so/{received}"
    assert "xin-loi" in leader.get(page).text
    assert "xin-loi" not in log_in("nv.son").get(page).text
    promised = {"hen-lai": "2026-12-09", "ly-do": "Phải xác minh lại kết quả kiểm định"}
    assert log_in("nv.son").post(f"{page}/xin-loi", promised).status_code == 403
    for wrong in ({"hen-lai": "mai"}, {"hen-lai": ""}, {"hen-lai": "2026-12-06"}, {"ly-do": ""}):
        assert leader.post(f"{page}/xin-loi", {**promised, **wrong}).status_code == 422
    told = leader.post(f"{page}/xin-loi", promised, follow_redirects=True).text
    assert "Hẹn lại 17:00 09/12/2026. Lý do: Phải xác minh lại kết quả kiểm định" in told
    assert "xin-loi" not in told
    clerk = log_in("bd.lan")
    assert '<dt>Hẹn lại</dt><dd class="number">17:00 09/12/2026</dd>' in clerk.get(page).text
    assert clerk.get(f"{page}/giay-to/apology.pdf").data.startswith(b"%PDF-")
