"""A counter's papers of March 2022, and ways to read a printed paper back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp

from engine.papers import (
    ApplicantBlock,
    ChargeLine,
    ControlSlipContent,
    HandedOverDossier,
    HandOverMinutesContent,
    HandOverRow,
    Letterhead,
    ListedPaper,
    ReceiptContent,
    RefusalContent,
    SupplementRequestContent,
    Timeliness,
)

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")
LETTERHEAD = Letterhead("UBND tỉnh Lạng Sơn", "Trung tâm Phục vụ hành chính công", "Lạng Sơn")
APPLICANT = ApplicantBlock(
    name="Nguyễn Thị Ngọc Yến",
    address="Số 12, đường Trần Đăng Ninh, phường Tam Thanh, tỉnh Lạng Sơn",
    phone="0912345678",
    email="yen.nguyen@example.vn",
)
REQUEST = "Cấp lại thẻ hướng dẫn viên du lịch nội địa"
NUMBER = "H37.15-220322-0001"
TRACKING = "https://motcua.example.vn/tra-cuu?ma=H37.15-220322-0001"


def office_time(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the office's clock."""
    return datetime(year, month, day, hour, minute, tzinfo=OFFICE)


class PrintedPaper:
    """A PDF as its reader gets it: text, page sizes in millimetres, QR codes."""

    def __init__(self, pdf: bytes) -> None:
        self.pages = list(pypdfium2.PdfDocument(pdf))

    @property
    def text(self) -> str:
        """The text of all pages, any white space shown as one blank."""
        return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in self.pages))

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Width and height of each page in whole millimetres."""
        return [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in self.pages]

    @property
    def qr_codes(self) -> list[str]:
        """What the QR codes say, read from the rendered pages."""
        found: list[str] = []
        for page in self.pages:
            bitmap = page.render(scale=3, grayscale=True)
            pixels = memoryview(bitmap.buffer).cast("B", (bitmap.height, bitmap.stride))
            found += [code.text for code in zxingcpp.read_barcodes(pixels)]
        return found


@pytest.fixture(scope="session")
def read() -> Callable[[bytes], PrintedPaper]:
    """Reads a PDF back."""
    return PrintedPaper


@pytest.fixture()
def receipt() -> ReceiptContent:
    """A card re-issue received on a Tuesday morning, fee not yet paid."""
    return ReceiptContent(
        letterhead=LETTERHEAD,
        receipt_number="12/TTPVHCC",
        dossier_number=NUMBER,
        lookup_code="7KQ4-M2XD",
        tracking_url=TRACKING,
        applicant=APPLICANT,
        request=REQUEST,
        deciding_unit="Sở Văn hóa, Thể thao và Du lịch",
        components=(
            ListedPaper("Đơn đề nghị cấp lại thẻ", originals=1),
            ListedPaper("Giấy khám sức khỏe", originals=1, copies=2, note="cấp trong 6 tháng"),
        ),
        limit="10 ngày",
        received_at=office_time(2022, 3, 22, 9, 40),
        due_at=office_time(2022, 4, 1, 17),
        return_place="Quầy số 1",
        clerk_name="Hoàng Văn Ưng",
        book="01/2022",
        book_entry=45,
        charges=(ChargeLine("Phí thẩm định cấp thẻ", 650_000),),
    )


@pytest.fixture()
def supplement_request() -> SupplementRequestContent:
    """Two papers missing, asked for by an officer after acceptance."""
    return SupplementRequestContent(
        letterhead=LETTERHEAD,
        request_number="3/HDHS",
        applicant=APPLICANT,
        request=REQUEST,
        missing=(
            ListedPaper("Giấy khám sức khỏe", originals=1),
            ListedPaper("Bằng tốt nghiệp", certified_copies=1),
            ListedPaper("Căn cước công dân", copies=2),
        ),
        reason="Giấy khám sức khỏe đã quá 6 tháng.",
        guide_name="Lý Thị Hường",
        guide_phone="0205 3812 345",
        website="motcua.example.vn",
        made_at=office_time(2022, 3, 24, 10),
        received_at=office_time(2022, 3, 22, 9, 40),
        dossier_number=NUMBER,
        answer_by=office_time(2022, 4, 23, 17),
    )


@pytest.fixture()
def refusal() -> RefusalContent:
    """Brought to the wrong place by somebody who files for a company."""
    return RefusalContent(
        letterhead=LETTERHEAD,
        refusal_number="5/TTPVHCC",
        applicant=ApplicantBlock("Công ty TNHH Đồng Đăng", submitter="Vi Văn Sỹ"),
        request=REQUEST,
        reason="Không thuộc thẩm quyền giải quyết của các cơ quan tiếp nhận tại Trung tâm.",
        clerk_name="Hoàng Văn Ưng",
        help_phone="0205 3812 345",
        website="motcua.example.vn",
        made_at=office_time(2022, 2, 7, 8),
    )


@pytest.fixture()
def control_slip() -> ControlSlipContent:
    """Given to the agency and taken over; on its way back but not yet taken."""
    counter, agency = "Quầy tiếp nhận số 1", "Sở Văn hóa, Thể thao và Du lịch"
    return ControlSlipContent(
        letterhead=LETTERHEAD,
        dossier_number=NUMBER,
        request=REQUEST,
        deciding_unit=agency,
        cooperating_units=("Công an tỉnh",),
        rows=(
            HandOverRow(
                counter,
                agency,
                "Hoàng Văn Ưng",
                office_time(2022, 3, 22, 14),
                "Bế Thị Thơm",
                office_time(2022, 3, 22, 14, 20),
                Timeliness.ON_TIME,
            ),
            HandOverRow(agency, counter, "Bế Thị Thơm", office_time(2022, 3, 30, 9)),
        ),
        received_at=office_time(2022, 3, 22, 9, 40),
        due_at=office_time(2022, 4, 1, 17),
        made_at=office_time(2022, 3, 30, 9, 1),
    )


@pytest.fixture()
def hand_over_minutes() -> HandOverMinutesContent:
    """Two dossiers given by the counter to one agency."""
    return HandOverMinutesContent(
        letterhead=LETTERHEAD,
        minutes_number="07/BB-BGHS",
        from_unit="Quầy tiếp nhận số 1",
        to_unit="Sở Văn hóa, Thể thao và Du lịch",
        given_by="Hoàng Văn Ưng",
        given_at=office_time(2022, 3, 22, 14),
        dossiers=(
            HandedOverDossier(NUMBER, REQUEST, APPLICANT.name, office_time(2022, 4, 1, 17)),
            HandedOverDossier("H37.15-220322-0002", "Cấp giấy phép kinh doanh", "Công ty Đồng Đăng", None, sets=2),
        ),
    )
