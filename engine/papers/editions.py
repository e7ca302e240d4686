"""Which edition of a paper was in force on a day: by kind and date, never by form number, which changed meaning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from engine.refusals import NotFound
from engine.words import Words

OFFICE_TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

TEMPLATES = Path(__file__).parent / "templates"


class PaperKind(Words):
    """The papers that this room prints."""

    RECEIPT = "receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt"
    SUPPLEMENT_REQUEST = "supplement_request", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "Supplement request"
    REFUSAL = "refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ", "Refusal"
    APOLOGY = "apology", "Văn bản xin lỗi và hẹn lại ngày trả kết quả", "Apology with a new date"
    CONTROL_SLIP = "control_slip", "Phiếu kiểm soát quá trình giải quyết hồ sơ", "Control slip"
    HAND_OVER_MINUTES = "hand_over_minutes", "Giấy bàn giao hồ sơ", "Hand-over minutes"


class NoEdition(NotFound):
    """No edition of the paper was in force that day."""

    vi = "Chưa có mẫu “{paper}” áp dụng cho ngày {day}."
    en = "No edition of “{paper}” is in force on {day}."
    remedy_vi = "Hãy kiểm tra ngày tiếp nhận, hoặc bổ sung mẫu vào danh mục mẫu giấy tờ."
    remedy_en = "Check the date of reception, or add the edition to the list of editions."


@dataclass(frozen=True)
class Edition:
    """One edition of a paper: from when it holds, its form number and circular, and the template that prints it."""

    kind: PaperKind
    valid_from: date
    form: str
    legal_basis: str
    template: str


@cache
def editions() -> tuple[Edition, ...]:
    """All editions as listed in templates/editions.yaml, the newest first."""
    rows = yaml.safe_load((TEMPLATES / "editions.yaml").read_text(encoding="utf-8"))
    listed = [Edition(**{**row, "kind": PaperKind(row["kind"])}) for row in rows]
    return tuple(sorted(listed, key=lambda edition: edition.valid_from, reverse=True))


def edition_on(kind: PaperKind, moment: datetime) -> Edition:
    """The edition of `kind` in force on the office's day of `moment`; `NoEdition` when there was none."""
    day = moment.astimezone(OFFICE_TIME_ZONE).date()
    for edition in editions():
        if edition.kind == kind and edition.valid_from <= day:
            return edition
    raise NoEdition(paper=kind, day=day.strftime("%d/%m/%Y"))
