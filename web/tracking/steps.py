"""The steps of a dossier that its applicant may see: what happened and when, without names or inner opinions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.dossiers.models import Dossier, DossierState, Event, EventKind, ReturnMethod
from web.dossiers.timeline import way_of_return
from web.language import language
from web.language import translated as _

PUBLIC = frozenset(
    {
        EventKind.SUBMITTED,
        EventKind.RECEIVED,
        EventKind.INCOMPLETE,
        EventKind.REJECTED,
        EventKind.HANDED_OVER,
        EventKind.TAKEN_OVER,
        EventKind.CHARGED,
        EventKind.PAID,
        EventKind.SUPPLEMENT_REQUESTED,
        EventKind.SUPPLEMENT_RECEIVED,
        EventKind.SUPPLEMENT_EXPIRED,
        EventKind.OPINION_REQUESTED,
        EventKind.ISSUED,
        EventKind.TRANSFERRED,
        EventKind.APOLOGISED,
        EventKind.WITHDRAWAL_REQUESTED,
        EventKind.STOPPED,
        EventKind.RETURNED,
    }
)


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step as the applicant sees it."""

    at: datetime
    title: str


def public_steps(events: Iterable[Event]) -> list[PublicStep]:
    """The public steps, oldest first; what happened several times at one moment is said once."""
    steps: list[PublicStep] = []
    for event in events:
        if event.kind in PUBLIC:
            step = PublicStep(event.at, EventKind(event.kind).title_in(language()))
            if step not in steps:
                steps.append(step)
    return steps


def returned_how(events: Iterable[Event]) -> str:
    """How the result was returned at last, with the postal item's number but without names; empty until then."""
    ways = [way_of_return(event.details, recipient=None) for event in events if event.kind == EventKind.RETURNED]
    return ways[-1] if ways else ""


def what_comes_next(dossier: Dossier) -> str:
    """What the applicant has to do or to wait for, where the national wording does not tell; else empty."""
    if dossier.state == DossierState.RESULT_READY:
        return _result_waits(ReturnMethod(dossier.return_method))
    if dossier.state == DossierState.SUPPLEMENT_WAIT:
        return _("Kính mời Ông/Bà bổ sung giấy tờ theo phiếu yêu cầu bổ sung, tại quầy hoặc qua dịch vụ bưu chính.")
    if dossier.state == DossierState.PAYMENT_WAIT:
        return _("Kính mời Ông/Bà nộp phí, lệ phí để hồ sơ được giải quyết tiếp.")
    return ""


def _result_waits(method: ReturnMethod) -> str:
    if method == ReturnMethod.COUNTER:
        return _("Đã có kết quả. Kính mời Ông/Bà đến quầy nhận, mang theo giấy tiếp nhận hồ sơ.")
    if method == ReturnMethod.POST:
        return _("Đã có kết quả, đang chờ gửi đến Ông/Bà qua dịch vụ bưu chính.")
    return _("Đã có kết quả, đang chờ trả cho Ông/Bà qua mạng.")
