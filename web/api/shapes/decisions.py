"""What a person decides about dossiers off the ordinary way."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from web.api.shapes.base import SAID_READABLE, Answer, Code, Readable, Request, described

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Readable, SAID_READABLE
]
"""Why somebody decides so; the log keeps it."""


class RequestWithdrawalRequest(Request):
    """The applicant's wish to have the dossier back."""

    reason: Reason = described("Why the applicant withdraws.", "Không còn nhu cầu")


class AllowFurtherRequestRequest(Request):
    """Why papers may be asked for once more."""

    reason: Reason = described("Why the first request was not enough.", "Kết quả kiểm định nộp bổ sung đã hết hạn")


class TransferDossierRequest(Request):
    """Which agency is competent, and why."""

    unit: Code = described("The competent agency, by code.", "VHTTDL")
    reason: Reason = described("Why the dossier is passed on.", "Sổ gốc do cơ quan khác quản lý")


class ApologiseRequest(Request):
    """The day promised in place of the due date, and why the result is late."""

    promised_on: date = described("The new day: a working day after the due date and after today.", "2022-04-04")
    reason: Reason = described("Why the result does not come in time.", "Phải xác minh lại kết quả kiểm định")


class GiveLateOpinionRequest(Request):
    """What a consulted agency says after its limit."""

    content: Reason = described("The opinion.", "Đồng ý, đề nghị bổ sung phương án phòng cháy")


class RecalculateDueDatesRequest(Request):
    """Why due dates are counted again."""

    reason: Reason = described("Why, and which announcement changed the calendar.", "Nghỉ bão, Công điện số 12")


class Recalculation(Answer):
    """Due dates that are being counted again."""

    dossiers: int = described("Of how many running dossiers.", 42)
