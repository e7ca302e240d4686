"""Every part that the circular's form lists stands on the paper, in Vietnamese with all its marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from engine.papers import (
    ApplicantBlock,
    Transfer,
    print_control_slip,
    print_hand_over_minutes,
    print_receipt,
    print_refusal,
    print_supplement_request,
)

HEAD = [
    "UBND TỈNH LẠNG SƠN",
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
]


def missing_from(text, parts):
    return [part for part in parts if part not in text]


def test_the_receipt_has_every_part_of_its_form(receipt, read):
    parts = [
        *HEAD,
        "Số: 12/TTPVHCC",
        "Lạng Sơn, ngày 22 tháng 3 năm 2022",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Mã hồ sơ: H37.15-220322-0001",
        "Mã tra cứu: 7KQ4-M2XD",
        "tiếp nhận hồ sơ của: Nguyễn Thị Ngọc Yến",
        "Địa chỉ: Số 12, đường Trần Đăng Ninh, phường Tam Thanh, tỉnh Lạng Sơn",
        "Số điện thoại: 0912345678",
        "Email: yen.nguyen@example.vn",
        "Nội dung yêu cầu giải quyết: Cấp lại thẻ hướng dẫn viên du lịch nội địa",
        "1) Đơn đề nghị cấp lại thẻ (1 bản chính)",
        "2) Giấy khám sức khỏe (1 bản chính; 2 bản sao; cấp trong 6 tháng)",
        "2. Số lượng hồ sơ: 01 (bộ)",
        "3. Thời gian giải quyết hồ sơ theo quy định là: 10 ngày",
        "4. Thời gian nhận hồ sơ: 09 giờ 40 phút, ngày 22 tháng 3 năm 2022",
        "5. Thời gian trả kết quả giải quyết hồ sơ: 17 giờ 00 phút, ngày 01 tháng 4 năm 2022",
        "6. Đăng ký nhận kết quả tại: Quầy số 1",
        "Phí thẩm định cấp thẻ 650.000 đồng",
        "Tổng cộng: 650.000 đồng (sáu trăm năm mươi nghìn đồng), chưa thanh toán",
        "Vào Sổ theo dõi hồ sơ, Quyển số: 01/2022, Số thứ tự: 45",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "Hoàng Văn Ưng",
    ]
    assert missing_from(read(print_receipt(receipt)).text, parts) == []


def test_a_receipt_after_a_transfer_says_from_where_and_that_it_replaces_the_first(receipt, read):
    at = datetime(2022, 3, 23, 8, 5, tzinfo=receipt.received_at.tzinfo)
    moved = replace(receipt, transfer=Transfer(at, "Sở Nội vụ", 7))
    note = (
        f"Ghi chú: hồ sơ được chuyển từ Sở Nội vụ (số thứ tự 7 trong sổ theo dõi) đến {receipt.deciding_unit} lúc "
        "08 giờ 05 phút, ngày 23 tháng 3 năm 2022. Giấy này thay cho giấy đã cấp trước đó."
    )
    assert missing_from(read(print_receipt(moved)).text, [note]) == []
    without_entry = read(print_receipt(replace(moved, transfer=Transfer(at, "Sở Nội vụ", None)))).text
    assert f"chuyển từ Sở Nội vụ đến {receipt.deciding_unit}" in without_entry
    assert "Ghi chú" not in read(print_receipt(receipt)).text


def test_the_receipt_is_one_a5_page_for_each_copy(receipt, read):
    assert read(print_receipt(receipt)).sizes == [(148, 210)]
    both = read(print_receipt(receipt, both_copies=True))
    assert both.sizes == [(148, 210), (148, 210)]
    assert "Liên 1: Lưu tại quầy" in both.text
    assert "Liên 2: Giao cho người nộp hồ sơ" in both.text


def test_the_qr_code_on_each_copy_opens_the_tracking_page(receipt, read):
    assert read(print_receipt(receipt, both_copies=True)).qr_codes == [receipt.tracking_url] * 2


def test_without_a_public_address_the_qr_code_says_the_dossier_number(receipt, read):
    assert read(print_receipt(replace(receipt, tracking_url=""))).qr_codes == [receipt.dossier_number]


def test_a_receipt_without_fee_says_nothing_about_money(receipt, read):
    text = read(print_receipt(replace(receipt, charges=()))).text
    assert "lệ phí" not in text
    assert "đồng" not in text


def test_a_receipt_without_limit_promises_no_date(receipt, read):
    text = read(print_receipt(replace(receipt, limit="", due_at=None))).text
    assert "theo quy định là: không quy định" in text
    assert "5. Thời gian trả kết quả giải quyết hồ sơ: theo thông báo của cơ quan giải quyết" in text


def test_who_files_for_another_signs_and_both_are_named(receipt, read):
    other = ApplicantBlock("Công ty TNHH Đồng Đăng", submitter="Vi Văn Sỹ")
    text = read(print_receipt(replace(receipt, applicant=other))).text
    assert "tiếp nhận hồ sơ của: Công ty TNHH Đồng Đăng" in text
    assert text.count("Vi Văn Sỹ") == 2


def test_a_company_signs_by_a_person_and_never_by_its_own_name(receipt, read):
    company = ApplicantBlock("Công ty TNHH Đồng Đăng", organisation=True, represented_by="Lăng Thị Sao")
    text = read(print_receipt(replace(receipt, applicant=company))).text
    assert "Công ty TNHH Đồng Đăng, người đại diện: Lăng Thị Sao" in text
    assert (text.count("Công ty TNHH Đồng Đăng"), text.count("Lăng Thị Sao")) == (1, 2)
    unknown = ApplicantBlock("Công ty TNHH Đồng Đăng", organisation=True)
    assert read(print_receipt(replace(receipt, applicant=unknown))).text.count("Công ty TNHH Đồng Đăng") == 1


def test_lines_are_dotted_only_where_something_is_left_to_be_written(receipt, read):
    assert "...." not in read(print_receipt(receipt)).text.replace(" ", "")
    unknown = replace(receipt, applicant=ApplicantBlock("Vi Văn Sỹ"), book_entry=None)
    assert "...." in read(print_receipt(unknown)).text.replace(" ", "")


def test_a_long_list_of_components_runs_over_numbered_pages(receipt, read):
    many = replace(receipt, components=receipt.components * 45)
    paper = read(print_receipt(many, both_copies=True))
    assert len(paper.pages) == 6
    assert [paper.text.count(f"Trang {page}/3") for page in (1, 2, 3)] == [2, 2, 2]


def test_the_supplement_request_lists_what_is_missing_and_why(supplement_request, read):
    paper = read(print_supplement_request(supplement_request))
    parts = [
        *HEAD,
        "Số: 3/HDHS",
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        "Hồ sơ của: Nguyễn Thị Ngọc Yến",
        "Mã hồ sơ: H37.15-220322-0001",
        "Bản chính",
        "Bản chứng thực",
        "Bản photo",
        "1 Giấy khám sức khỏe 1",
        "2 Bằng tốt nghiệp 1",
        "3 Căn cước công dân 2",
        "Lý do: Giấy khám sức khỏe đã quá 6 tháng.",
        "trước 17 giờ 00 phút, ngày 23 tháng 4 năm 2022",
        "số điện thoại 0205 3812 345",
        "NGƯỜI HƯỚNG DẪN",
        "Lý Thị Hường",
    ]
    assert missing_from(paper.text, parts) == []
    assert paper.sizes == [(148, 210)]


def test_a_request_made_at_the_counter_has_no_dossier_number(supplement_request, read):
    at_counter = replace(supplement_request, received_at=None, dossier_number="", answer_by=None)
    text = read(print_supplement_request(at_counter)).text
    assert "Mã hồ sơ" not in text
    assert "Thời hạn bổ sung" not in text


def test_a_request_without_a_list_points_at_the_reason(supplement_request, read):
    text = read(print_supplement_request(replace(supplement_request, missing=()))).text
    assert "Bản chính" not in text
    assert "theo nội dung nêu tại phần lý do dưới đây" in text


def test_the_refusal_says_no_and_why(refusal, read):
    paper = read(print_refusal(refusal))
    parts = [
        *HEAD,
        "Số: 5/TTPVHCC",
        "ngày 07 tháng 02 năm 2022",
        "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
        "thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:",
        "Không thuộc thẩm quyền giải quyết",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "Vi Văn Sỹ",
    ]
    assert missing_from(paper.text, parts) == []
    assert paper.sizes == [(148, 210)]


def test_the_control_slip_has_a_row_for_every_hand_over(control_slip, read):
    paper = read(print_control_slip(control_slip))
    parts = [
        "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
        "Cơ quan phối hợp giải quyết hồ sơ: Công an tỉnh",
        "1. Giao: Quầy tiếp nhận số 1",
        "2. Nhận: Sở Văn hóa, Thể thao và Du lịch",
        "Người giao: Hoàng Văn Ưng",
        "14 giờ 00 phút, ngày 22/03/2022",
        "Người nhận: Bế Thị Thơm",
        "14 giờ 20 phút, ngày 22/03/2022",
        "Đúng hạn",
        "Người giao: Bế Thị Thơm",
    ]
    assert missing_from(paper.text, parts) == []
    assert paper.text.count("1. Giao:") == len(control_slip.rows)
    assert paper.qr_codes == [control_slip.dossier_number]
    assert paper.sizes == [(148, 210)]


def test_the_receiver_of_a_dossier_on_its_way_is_left_to_be_written(control_slip, read):
    text = read(print_control_slip(control_slip)).text.replace(" ", "")
    assert "Ngườinhận:...." in text


def test_the_hand_over_minutes_are_two_a4_copies_with_totals(hand_over_minutes, read):
    paper = read(print_hand_over_minutes(hand_over_minutes))
    parts = [
        *HEAD,
        "Số: 07/BB-BGHS",
        "GIẤY BÀN GIAO HỒ SƠ",
        "Bên giao: Quầy tiếp nhận số 1. Người giao: Hoàng Văn Ưng",
        "Bên nhận: Sở Văn hóa, Thể thao và Du lịch.",
        "H37.15-220322-0002",
        "17:00 01/04/2022",
        "Tổng số: 02 hồ sơ, 03 bộ.",
        "lập thành 02 bản",
    ]
    assert missing_from(paper.text, parts) == []
    assert paper.sizes == [(210, 297), (210, 297)]


@pytest.mark.parametrize("sign", ["NGƯỜI GIAO", "NGƯỜI NHẬN"])
def test_both_sides_sign_both_copies_of_the_minutes(hand_over_minutes, read, sign):
    assert read(print_hand_over_minutes(hand_over_minutes)).text.count(sign) == 2
