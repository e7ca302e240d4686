"""Which demo dossiers there are: whose, which story of which procedure, and how long ago it began."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Life:
    """One demo dossier: it follows a scenario of its procedure, and stands wherever that has led it by today."""

    folder: str
    scenario: str
    days_ago: int
    """Working days before today on which it was received (today itself is 0)."""
    clock: str = "09:10"
    """Local time of the reception."""
    pace: float = 1.0
    """How much more slowly than in the scenario people worked."""
    halts_before: str = ""
    """The task that nobody has completed yet; without it the story goes on as far as time allows."""


REGISTRY = "common/registry_copy"
SAFETY = "labour/safety_declaration"
GUIDE = "culture/tour_guide_card"
TRAVEL = "culture/travel_business_licence"
PRINT = "information/noncommercial_publication"
INVEST = "border_gate_zone/investment_policy_approval"

LIVES = (
    Life(SAFETY, "straight_path", 34, "08:20"),
    Life(GUIDE, "supplement_expired", 33, "10:05"),
    Life(PRINT, "printed_document", 32, "09:40"),
    Life(SAFETY, "never_completed", 30, "14:15"),
    Life(INVEST, "one_agency_objects", 29, "08:50"),
    Life(TRAVEL, "new_licence", 28, "10:30"),
    Life(SAFETY, "refused_result_by_post", 26, "15:20"),
    Life(GUIDE, "exchange", 25, "08:05"),
    Life(INVEST, "all_agree", 24, "09:25", 1.6),
    Life(TRAVEL, "deposit_not_confirmed", 23, "13:45"),
    Life(SAFETY, "withdrawn_while_examined", 22, "09:55"),
    Life(REGISTRY, "before_three_o_clock", 20, "08:15"),
    Life(GUIDE, "refused", 19, "10:45"),
    Life(PRINT, "refused", 18, "14:30"),
    Life(SAFETY, "supplement_answered", 17, "08:40"),
    Life(GUIDE, "new_card", 16, "09:05", 1.5),
    Life(REGISTRY, "not_in_the_register", 15, "10:20"),
    Life(SAFETY, "refused_at_reception", 14, "15:50"),
    Life(INVEST, "one_agency_is_silent", 13, "13:20", 1.2),
    Life(TRAVEL, "exchange", 12, "08:30", 2.0),
    Life(SAFETY, "sent_back_by_head_and_leader", 11, "14:05", 3.0),
    Life(GUIDE, "reissue_of_a_lost_card", 10, "09:35", 2.0),
    Life(PRINT, "in_2026_by_the_successor", 9, "10:10", 1.8),
    Life(SAFETY, "straight_path", 9, "08:55", halts_before="examine"),
    Life(INVEST, "all_agree", 8, "15:25", 0.6, "give_opinion"),
    Life(GUIDE, "supplement_answered", 7, "13:10", 1.2, "receive_supplement"),
    Life(REGISTRY, "before_three_o_clock", 6, "09:20", 0.8),
    Life(TRAVEL, "new_licence", 6, "14:40", 1.0, "sign"),
    Life(SAFETY, "straight_path", 6, "10:25", 1.5, "return_to_applicant"),
    Life(SAFETY, "take_over_refused", 5, "08:25"),
    Life(GUIDE, "withdrawn_after_payment", 5, "10:35", 1.0, "confirm_withdrawal"),
    Life(PRINT, "supplement_restarts_the_clock", 5, "09:15", 1.2, "receive_supplement"),
    Life(SAFETY, "straight_path", 4, "13:35", 1.0, "review"),
    Life(GUIDE, "new_card", 4, "09:45", 1.0, "sign"),
    Life(PRINT, "in_2026_by_the_successor", 4, "10:10", 1.0, "issue"),
    Life(TRAVEL, "bank_silent_then_confirms", 4, "08:35", 1.0, "record_bank_answer"),
    Life(REGISTRY, "sent_back_by_the_leader", 3, "08:45", 1.0, "sign"),
    Life(SAFETY, "filed_online", 3, "10:50", 1.0, "issue"),
    Life(GUIDE, "exchange", 3, "14:20", 1.0, "examine_reissue"),
    Life(SAFETY, "incomplete_then_completed", 3, "15:05", 1.0, "receive_completed_dossier"),
    Life(INVEST, "refused_without_consultation", 3, "09:50", 1.0, "check_dossier"),
    Life(SAFETY, "straight_path", 2, "08:10", 1.0, "assign"),
    Life(PRINT, "printed_document", 2, "09:30", 1.0, "collect_payment"),
    Life(TRAVEL, "new_licence", 2, "13:50", 1.0, "collect_payment"),
    Life(GUIDE, "new_on_site_card", 2, "10:15", 1.0, "assign"),
    Life(SAFETY, "filed_online", 2, "16:10", 1.0, "receive_dossier"),
    Life(SAFETY, "straight_path", 1, "14:55", 1.0, "take"),
    Life(GUIDE, "new_card", 1, "15:40", 1.0, "give"),
    Life(REGISTRY, "before_three_o_clock", 1, "15:30", 1.0, "search_register"),
    Life(SAFETY, "straight_path", 1, "16:20", 1.0, "give"),
)

PERSONS = (
    ("Lý Thị Đào", "Thôn Nà Pàn, xã Mẫu Sơn, tỉnh Lạng Sơn"),
    ("Hoàng Văn Thụy", "Số 14, ngõ 3, phường Đông Kinh, tỉnh Lạng Sơn"),
    ("Nông Thị Bích Liên", "Thôn Khòn Khuyên, xã Cao Lộc, tỉnh Lạng Sơn"),
    ("Vi Văn Pảo", "Thôn Bản Áng, xã Lộc Bình, tỉnh Lạng Sơn"),
    ("Lương Thu Phương", "Số 27, đường Bà Triệu, phường Lương Văn Tri, tỉnh Lạng Sơn"),
    ("Triệu Đức Minh", "Thôn Pò Lèo, xã Văn Lãng, tỉnh Lạng Sơn"),
    ("Chu Thị Hồng Vân", "Số 9, đường Lê Lợi, phường Kỳ Lừa, tỉnh Lạng Sơn"),
    ("Hà Quang Huy", "Khu Phai Luông, xã Đồng Đăng, tỉnh Lạng Sơn"),
    ("Nguyễn Thị Tuyết Mai", "Số 51, đường Ngô Quyền, phường Đông Kinh, tỉnh Lạng Sơn"),
    ("Bế Xuân Trường", "Thôn Nà Mu, xã Bình Gia, tỉnh Lạng Sơn"),
    ("Đàm Thị Xuyến", "Thôn Bản Chu, xã Tràng Định, tỉnh Lạng Sơn"),
    ("Phùng Văn Sáng", "Khu 2, xã Hữu Lũng, tỉnh Lạng Sơn"),
)
"""Invented applicants; their numbers are made from their place in this list."""

ORGANISATIONS = (
    "Công ty TNHH Du lịch Núi Phai Vệ",
    "Công ty Cổ phần Thương mại Kỳ Cùng",
    "Công ty TNHH Xuất nhập khẩu Hoa Hồi",
    "Hợp tác xã Dịch vụ Mẫu Sơn Xanh",
    "Công ty TNHH Lữ hành Đèo Chi",
    "Công ty Cổ phần Logistics Bắc Ải",
)
"""Invented enterprises."""
