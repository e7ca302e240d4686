"""What the clients do: two procedures from the counter to the applicant's hands, task by task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.office import BOILER

Body = dict[str, Any]

PERSON: Body = {
    "kind": "person",
    "full_name": "Nông Thị Bền Vững",
    "identity_kind": "citizen_id",
    "identity_number": "020185001234",
    "phone": "0912345678",
    "address": "Số 1, đường Thử Nghiệm, phường Chi Lăng, tỉnh Lạng Sơn",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One user task: which element, who completes it, with which answers; `{n}` in an answer is the dossier's number
    in this run."""

    element_id: str
    username: str
    answers: Body

    def filled(self, number: int) -> Body:
        """The answers for one dossier."""
        return {
            name: value.replace("{n}", str(number)) if isinstance(value, str) else value
            for name, value in self.answers.items()
        }


@dataclass(frozen=True, slots=True)
class Way:
    """One procedure from reception to return."""

    code: str
    facts: Body
    turns: tuple[Turn, ...]

    def reception(self, components: list[str]) -> Body:
        """The body of `receiveDossier`, with one original of every component."""
        return {
            "procedure": self.code,
            "applicant": PERSON,
            "facts": self.facts,
            "components": [{"code": code, "originals": 1} for code in components],
        }


RETURN = {"method": "counter", "recipient_name": "Nông Thị Bền Vững", "recipient_identity": "020185001234"}

SAFETY_DECLARATION = Way(
    "2.000134",
    BOILER,
    (
        Turn("give", "bd.lan", {"packets": 1}),
        Turn("take", "nv.mai", {"accepted": True}),
        Turn("assign", "nv.son", {"officer": "nv.hoa"}),
        Turn("examine", "nv.hoa", {"decision": "approve", "inspection_valid": True}),
        Turn("review", "nv.son", {"decision": "approve"}),
        Turn("sign", "nv.thang", {"decision": "sign"}),
        Turn("issue", "nv.mai", {"document_number": "{n}/GXN-SNV", "document_date": "2026-11-24"}),
        Turn("take_result", "bd.lan", {"packets": 1}),
        Turn("return_to_applicant", "bd.lan", RETURN),
    ),
)

TOUR_GUIDE_CARD = Way(
    "1.004623",
    {"case": "new", "card_type": "domestic", "health_certificate_on": "2026-10-15", "photos": 2},
    (
        Turn("collect_payment", "bd.lan", {"method": "cash", "receipt_number": "BEN-{n}"}),
        Turn("give", "bd.lan", {"packets": 1}),
        Turn("take", "vh.nga", {"accepted": True}),
        Turn("assign", "vh.binh", {"officer": "vh.huong"}),
        Turn("examine_new", "vh.huong", {"decision": "approve", "training_valid": True, "health_valid": True}),
        Turn("review", "vh.binh", {"decision": "approve"}),
        Turn("sign", "vh.cuong", {"decision": "sign"}),
        Turn("issue", "vh.nga", {"document_number": "{n}/QĐ-SVHTTDL", "document_date": "2026-11-24"}),
        Turn("print_card", "vh.huong", {"card_number": "2202{n}", "expires_on": "2031-11-24", "photo_checked": True}),
        Turn("take_result", "bd.lan", {"packets": 1}),
        Turn("return_to_applicant", "bd.lan", RETURN),
    ),
)

WAYS = (SAFETY_DECLARATION, TOUR_GUIDE_CARD)

CLERK = "bd.lan"
SECOND_CLERK = "bd.hung"
PEOPLE = sorted({turn.username for way in WAYS for turn in way.turns} | {CLERK, SECOND_CLERK})
