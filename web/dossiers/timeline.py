"""The event log as a story: one readable sentence an event, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from engine.dossiers.models import DocumentKind, DossierState, Event, EventKind, PaymentMethod, ReturnMethod
from engine.dossiers.requests import REQUESTS
from engine.dossiers.visibility import AGENCY_EVENTS
from engine.organisation.models import Role
from web.formatting import moment, money
from web.language import language
from web.language import translated as _

Details = Mapping[str, Any]

INNER = frozenset(
    {EventKind.PASSED, EventKind.TASK_OPENED, EventKind.STATE_CHANGED, EventKind.TASK_CANCELLED, EventKind.TIMER_FIRED}
)
"""What the engine notes for itself; it would only repeat what the other sentences say."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one event says."""

    title: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the time line: what one person did in one action."""

    at: datetime
    who: str
    sentences: tuple[Sentence, ...]

    @property
    def tone(self) -> str:
        """The tone of the first sentence that has one."""
        return next((sentence.tone for sentence in self.sentences if sentence.tone != PLAIN), PLAIN)


PLAIN = "idle"
"""The tone of what is neither good nor bad news."""


NAMED = frozenset({"name", "to", "before", "after", "unit", "agency", "procedure"})
"""The details that hold a name as the log keeps it: in Vietnamese."""


def timeline(
    events: Iterable[Event],
    *,
    within_agency: bool,
    names: Mapping[str, str],
    requests: Mapping[datetime, str],
) -> list[Entry]:
    """The actions to show, oldest first; without what the agency keeps to itself unless `within_agency`.

    `names` gives the reader's words for the Vietnamese names of tasks, units and procedures, `requests` what each
    request for papers says, by its moment.
    """
    hidden = INNER if within_agency else INNER | AGENCY_EVENTS
    shown = (event for event in events if event.kind not in hidden)
    return [
        Entry(at, who or _("Hệ thống"), tuple(_sentence(event, names, requests) for event in action))
        for (at, who), action in groupby(shown, key=lambda event: (event.at, event.actor_name))
    ]


def _sentence(event: Event, names: Mapping[str, str], requests: Mapping[datetime, str]) -> Sentence:
    kind = EventKind(event.kind)
    write = SENTENCES.get(kind)
    details = {key: names.get(str(value), value) if key in NAMED else value for key, value in event.details.items()}
    said = requests[event.at] if kind in REQUESTS else write(details) if write else ""
    return Sentence(kind.title_in(language()), said, TONES.get(kind, PLAIN))


def returned(events: Iterable[Event]) -> Entry | None:
    """How the result was returned, and to whom: the last such event; None as long as there is none."""
    found = [event for event in events if event.kind == EventKind.RETURNED]
    return timeline(found[-1:], within_agency=False, names={}, requests={})[0] if found else None


def _when(text: str | None) -> str:
    return moment(datetime.fromisoformat(text)) if text else "–"


def _result(details: Details) -> str:
    return _("Từ chối giải quyết") if details.get("result") == "refusal" else _("Chấp thuận")


def _opinion(details: Details) -> str:
    verdicts = {
        "agree": _("đồng ý"),
        "agree_with_conditions": _("đồng ý kèm điều kiện"),
        "disagree": _("không đồng ý"),
    }
    return f"{details.get('agency')}: {verdicts.get(str(details.get('opinion')), '–')}"


def _returned(details: Details) -> str:
    return way_of_return(details, details.get("recipient"))


def way_of_return(details: Details, recipient: str | None) -> str:
    """How a result was returned, by the event's details; to whom only for readers who may know the `recipient`."""
    method, tracking = ReturnMethod(details["method"]).title_in(language()), details.get("tracking_number")
    told = [_("người nhận %(name)s", name=recipient)] if recipient else []
    told += [_("số hiệu bưu gửi %(number)s", number=tracking)] if tracking else []
    return f"{method}: {', '.join(told)}" if told else method


def _paid(details: Details) -> str:
    method = PaymentMethod(details["method"]).title_in(language())
    return _("%(amount)s, %(method)s, biên lai %(receipt)s", amount=money(details["amount"]), method=method,
             receipt=details.get("receipt"))  # fmt: skip


def _stopped(details: Details) -> str:
    reasons = {
        "withdrawn": _("Người nộp rút hồ sơ"),
        "supplement_expired": _("Quá hạn bổ sung giấy tờ"),
    }
    return reasons.get(str(details.get("reason")), str(details.get("reason") or ""))


def _transferred(details: Details) -> str:
    return _("%(before)s → %(after)s. Lý do: %(reason)s", **details)


def _holder_gone(details: Details) -> str:
    role = Role(details["role"]).title_in(language())
    return _("%(task)s: %(person)s không còn giữ vai trò %(role)s tại %(unit)s", task=details.get("name"),
             person=details.get("person"), role=role, unit=details.get("unit"))  # fmt: skip


def _notified(details: Details) -> str:
    hindrances = {
        "no_address": _("chưa gửi được: không có địa chỉ thư điện tử"),
        "no_mail_server": _("chưa gửi được: hệ thống chưa cấu hình máy chủ thư"),
        "not_taken": _("chưa gửi được: máy chủ thư không nhận, đã thử nhiều lần"),
    }
    return hindrances.get(str(details.get("reason")), "")


def _named(details: Details) -> str:
    return str(details.get("name") or "")


def _reason(details: Details) -> str:
    return str(details.get("reason") or "")


SENTENCES: dict[EventKind, Callable[[Details], str]] = {
    EventKind.SUBMITTED: lambda details: str(details.get("procedure") or ""),
    EventKind.RECEIVED: lambda details: _(
        "Mã số %(number)s, hẹn trả %(due)s", number=details.get("number"), due=_when(details.get("due_at"))
    ),
    EventKind.REJECTED: _reason,
    EventKind.TASK_CLAIMED: _named,
    EventKind.TASK_RELEASED: _named,
    EventKind.TASK_COMPLETED: _named,
    EventKind.TASK_REASSIGNED: lambda details: _(
        "%(task)s: chuyển cho %(person)s", task=details.get("name"), person=details.get("after")
    ),
    EventKind.HOLDER_GONE: _holder_gone,
    EventKind.HANDED_OVER: lambda details: _("Giao cho %(unit)s", unit=details.get("to")),
    EventKind.TAKEN_OVER: lambda details: str(details.get("unit") or ""),
    EventKind.SENT_BACK: _reason,
    EventKind.CHARGED: lambda details: money(int(details.get("total") or 0)),
    EventKind.PAID: _paid,
    EventKind.OVERPAID: lambda details: money(int(details.get("amount") or 0)),
    EventKind.REFUNDED: lambda details: money(int(details.get("amount") or 0)),
    EventKind.CLOCK_STOPPED: lambda details: _("Hạn trả lúc tạm dừng: %(due)s", due=_when(details.get("due_at"))),
    EventKind.CLOCK_RESUMED: lambda details: _("Hạn trả mới: %(due)s", due=_when(details.get("due_at"))),
    EventKind.REQUEST_ALLOWED: _reason,
    EventKind.TRANSFERRED: _transferred,
    EventKind.UNIT_SUCCEEDED: lambda details: f"{details.get('before')} → {details.get('after')}",
    EventKind.APOLOGISED: lambda details: _(
        "Hẹn lại %(when)s. Lý do: %(reason)s", when=_when(details.get("promised_at")), reason=details.get("reason")
    ),
    EventKind.SUPPLEMENT_RECEIVED: lambda details: str(details.get("note") or ""),
    EventKind.OPINION_REQUESTED: lambda details: str(details.get("agency") or ""),
    EventKind.OPINION_GIVEN: _opinion,
    EventKind.OPINION_LATE: lambda details: str(details.get("agency") or ""),
    EventKind.OPINION_SILENT: lambda details: str(details.get("agency") or ""),
    EventKind.SIGNED: _result,
    EventKind.ISSUED: lambda details: _("Văn bản số %(number)s", number=details.get("number") or "–"),
    EventKind.WITHDRAWAL_REQUESTED: _reason,
    EventKind.STOPPED: _stopped,
    EventKind.FILE_ADDED: lambda details: str(details.get("file") or ""),
    EventKind.PAPER_MADE: lambda details: DocumentKind(details["paper"]).title_in(language()),
    EventKind.RETURNED: _returned,
    EventKind.NOTIFIED: _notified,
    EventKind.CLOSED: lambda details: DossierState(details["state"]).title_in(language()),
    EventKind.NOTED: lambda details: "; ".join(f"{name}: {value}" for name, value in details.items()),
    EventKind.MESSAGE_RECEIVED: lambda details: str(details.get("message") or ""),
    EventKind.MESSAGE_KEPT: lambda details: str(details.get("message") or ""),
    EventKind.MESSAGE_REFUSED: lambda details: str(details.get("message") or ""),
    EventKind.MESSAGE_SENT: lambda details: str(details.get("message") or ""),
    EventKind.INCIDENT_RESOLVED: _reason,
    EventKind.DUE_RECALCULATED: lambda details: _("Hạn trả mới: %(due)s", due=_when(details.get("due_at"))),
}

TONES = {
    EventKind.RECEIVED: "info",
    EventKind.REJECTED: "late",
    EventKind.SENT_BACK: "late",
    EventKind.STOPPED: "late",
    EventKind.HOLDER_GONE: "soon",
    EventKind.OVERPAID: "soon",
    EventKind.CLOCK_STOPPED: "soon",
    EventKind.SUPPLEMENT_REQUESTED: "soon",
    EventKind.SIGNED: "calm",
    EventKind.ISSUED: "calm",
    EventKind.RETURNED: "calm",
    EventKind.PAID: "calm",
}
