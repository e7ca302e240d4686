"""What each paper says: plain values, already chosen and worded by the caller; nothing here reads a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.words import Words


class Timeliness(Words):
    """How a step ended against its limit, as the receiving side writes it on the control slip."""

    EARLY = "early", "Trước hạn", "Before the limit"
    ON_TIME = "on_time", "Đúng hạn", "On time"
    LATE = "late", "Quá hạn", "Overdue"


@dataclass(frozen=True)
class Letterhead:
    """The left head of a paper: who stands above the office, the office itself, and where it is."""

    authority: str
    """The body above the office (`UBND tỉnh Lạng Sơn`); printed in capitals, empty when there is none."""
    office: str
    place: str
    """The place before the date (`Lạng Sơn`)."""


@dataclass(frozen=True)
class ApplicantBlock:
    """The applicant as printed; a line left empty is printed dotted, to be filled by hand."""

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    submitter: str = ""
    """Who handed the dossier in, when it was not the applicant."""
    organisation: bool = False
    represented_by: str = ""
    """Who speaks for an organisation."""

    @property
    def signatory(self) -> str:
        """Who signs as the one who files; empty, so that the name is written by hand, when only a body is known."""
        return self.submitter or self.represented_by or ("" if self.organisation else self.name)


@dataclass(frozen=True)
class ListedPaper:
    """One paper of the list: how many originals, certified copies and plain copies of it."""

    name: str
    originals: int = 0
    certified_copies: int = 0
    copies: int = 0
    note: str = ""


@dataclass(frozen=True)
class ChargeLine:
    """One line of what is to be paid, in VND."""

    name: str
    amount: int


@dataclass(frozen=True)
class Transfer:
    """How a dossier that was received for the wrong agency came to the competent one."""

    at: datetime
    from_unit: str
    entry_before: int | None
    """Under which entry it stood in the first agency's book."""


@dataclass(frozen=True)
class ReceiptContent:
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả; its received time chooses the edition and is the paper's date."""

    letterhead: Letterhead
    receipt_number: str
    """With its suffix: `12/TTPVHCC`."""
    dossier_number: str
    lookup_code: str
    tracking_url: str
    """What the QR code opens; the dossier number itself is encoded when there is no public address."""
    applicant: ApplicantBlock
    request: str
    deciding_unit: str
    components: tuple[ListedPaper, ...]
    limit: str
    """The whole limit in words: `05 ngày làm việc`; empty when the law sets none."""
    received_at: datetime
    due_at: datetime | None
    return_place: str
    """Where the result will be had: a counter, an address by post, or the portal."""
    clerk_name: str
    book: str = ""
    """Quyển số."""
    book_entry: int | None = None
    """Số thứ tự in the book."""
    sets: int = 1
    charges: tuple[ChargeLine, ...] = ()
    paid: bool = False
    exempt: bool = False
    """Whether the charges are waived."""
    transfer: Transfer | None = None
    """Set on a receipt that replaces the one of before the dossier was passed to another agency."""


@dataclass(frozen=True)
class SupplementRequestContent:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ; at reception there is no dossier number and no received time yet."""

    letterhead: Letterhead
    request_number: str
    """With its suffix: `3/HDHS`."""
    applicant: ApplicantBlock
    request: str
    missing: tuple[ListedPaper, ...]
    reason: str
    guide_name: str
    guide_phone: str
    website: str
    made_at: datetime
    received_at: datetime | None = None
    dossier_number: str = ""
    answer_by: datetime | None = None


@dataclass(frozen=True)
class RefusalContent:
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ: given at the counter, so there is no dossier number."""

    letterhead: Letterhead
    refusal_number: str
    applicant: ApplicantBlock
    request: str
    reason: str
    clerk_name: str
    help_phone: str
    website: str
    made_at: datetime


@dataclass(frozen=True)
class ApologyContent:
    """Phiếu xin lỗi và hẹn lại ngày trả kết quả; since 2025 it asks for an extension: the agency's own letter."""

    letterhead: Letterhead
    apology_number: str
    """With its suffix: `2/PXL`."""
    applicant: ApplicantBlock
    request: str
    dossier_number: str
    receiving_office: str
    received_at: datetime
    due_at: datetime
    """The due date that is not kept."""
    late: bool
    """Whether that date was over already when the letter was made."""
    reason: str
    promised_at: datetime
    leader_name: str
    made_at: datetime


@dataclass(frozen=True)
class HandOverRow:
    """One row of the hand-over log: giver, receiver and their times; the taking half is empty until it happened."""

    from_unit: str
    to_unit: str
    given_by: str
    given_at: datetime
    taken_by: str = ""
    taken_at: datetime | None = None
    result: Timeliness | None = None
    note: str = ""


@dataclass(frozen=True)
class ControlSlipContent:
    """Phiếu kiểm soát quá trình giải quyết hồ sơ: the hand-over log of one dossier, oldest row first."""

    letterhead: Letterhead
    dossier_number: str
    request: str
    deciding_unit: str
    cooperating_units: tuple[str, ...]
    rows: tuple[HandOverRow, ...]
    received_at: datetime
    due_at: datetime | None
    made_at: datetime


@dataclass(frozen=True)
class HandedOverDossier:
    """One dossier on the hand-over minutes."""

    dossier_number: str
    request: str
    applicant: str
    due_at: datetime | None
    sets: int = 1
    note: str = ""


@dataclass(frozen=True)
class HandOverMinutesContent:
    """Giấy bàn giao hồ sơ: dossiers that one unit gives to another at one time, in two copies."""

    letterhead: Letterhead
    minutes_number: str
    from_unit: str
    to_unit: str
    given_by: str
    given_at: datetime
    dossiers: tuple[HandedOverDossier, ...]
    taken_by: str = ""
    taken_at: datetime | None = None
