"""Where a dossier comes from, where its result goes, and in which state it is."""

from __future__ import annotations

from engine.words import Words


class Channel(Words):
    """How the dossier reached the centre; independent of how the result is returned."""

    COUNTER = "counter", "Trực tiếp tại quầy", "At the counter"
    ONLINE = "online", "Trực tuyến", "Online"
    POST = "post", "Qua dịch vụ bưu chính công ích", "By public post"


class ReturnMethod(Words):
    """How the applicant wants the result."""

    COUNTER = "counter", "Nhận tại quầy", "At the counter"
    POST = "post", "Nhận qua bưu điện", "By post"
    ONLINE = "online", "Nhận bản điện tử", "Online"


class PartyKind(Words):
    """Who applies."""

    PERSON = "person", "Cá nhân", "Person"
    ORGANISATION = "organisation", "Tổ chức, doanh nghiệp", "Organisation"


class DossierState(Words):
    """The internal state (domain 2.4); several map to one national status code."""

    SUBMITTED = "submitted", "Mới đăng ký", "Submitted"
    INCOMPLETE = "incomplete", "Chờ hoàn thiện hồ sơ", "Waiting to be completed"
    REJECTED = "rejected", "Không tiếp nhận", "Not accepted"
    RECEIVED = "received", "Đã tiếp nhận", "Received"
    ASSIGNED = "assigned", "Chờ phân công", "With the agency"
    EXAMINING = "examining", "Đang thụ lý", "Being examined"
    CONSULTING = "consulting", "Đang lấy ý kiến", "Opinions asked"
    INSPECTING = "inspecting", "Đang thẩm định thực tế", "Being inspected"
    SUPPLEMENT_WAIT = "supplement_wait", "Chờ bổ sung giấy tờ", "Waiting for papers"
    PAYMENT_WAIT = "payment_wait", "Chờ nộp phí, lệ phí", "Waiting for payment"
    AWAITING_SIGNATURE = "awaiting_signature", "Chờ ký duyệt", "Awaiting signature"
    SIGNED = "signed", "Đã ký, đang chuyển về quầy", "Signed, on its way to the counter"
    WITHDRAWAL_REQUESTED = "withdrawal_requested", "Yêu cầu rút hồ sơ", "Withdrawal asked"
    STOPPED = "stopped", "Dừng giải quyết", "Stopped"
    RESULT_READY = "result_ready", "Đã có kết quả tại quầy", "Result at the counter"
    RETURNED = "returned", "Đã trả kết quả", "Returned"


FINAL_STATES = frozenset({DossierState.REJECTED, DossierState.STOPPED, DossierState.RETURNED})
