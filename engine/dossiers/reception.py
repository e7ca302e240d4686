"""What the clerk (or the portal) enters about a new dossier, and what is shown before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.catalogue.definitions import ProcedureDefinition
from engine.catalogue.limits import LegalLimit
from engine.catalogue.models import ProcedureVersion
from engine.catalogue.rules import FeeLine, RequiredComponent
from engine.dossiers.models import Channel, PartyKind, ReturnMethod
from engine.organisation.models import Unit
from engine.words import Words


class ReceptionDecision(Words):
    """What the clerk decides at the counter (domain 2.2)."""

    ACCEPT = "accept", "Tiếp nhận", "Accept"
    SUPPLEMENT = "supplement", "Yêu cầu hoàn thiện", "Ask to complete"
    REFUSE = "refuse", "Từ chối tiếp nhận", "Refuse"


@dataclass(frozen=True, slots=True)
class PartyDetails:
    """A person or organisation as entered at the counter."""

    kind: str
    full_name: str
    identity_kind: str
    """`citizen_id`, `old_id`, `passport` or `tax_code`."""
    identity_number: str
    born_on: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    represented_by: str = ""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A component that was handed in, with the number of originals and copies."""

    code: str
    originals: int = 0
    copies: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """Everything that is entered when a dossier is received or filed."""

    procedure_code: str
    applicant: PartyDetails
    deciding_unit: str | None = None
    """Unit code; needed only where several units decide."""
    counter: str | None = None
    """Unit code; needed only for a clerk who serves several counters."""
    channel: str = Channel.COUNTER
    return_method: str = ReturnMethod.COUNTER
    return_address: str = ""
    submitter: PartyDetails | None = None
    components: tuple[HandedIn, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Answers of the procedure's intake form."""
    summary: str = ""
    fee_exempt: bool = False
    decision: str = ReceptionDecision.ACCEPT
    reason: str = ""

    def standard_facts(self, on: date) -> dict[str, Any]:
        """The facts that every procedure's decisions may use, beside the intake form's own."""
        return {
            "case": "new",
            **self.facts,
            "channel": str(self.channel),
            "return_method": str(self.return_method),
            "received_on": on,
            "applicant_kind": str(self.applicant.kind),
            "fee_exempt": self.fee_exempt,
        }


@dataclass(frozen=True, slots=True)
class ReceptionPreview:
    """What will be asked, charged and promised, shown before saving; nothing is stored for it."""

    version: ProcedureVersion
    definition: ProcedureDefinition
    deciding_unit: Unit
    counter: Unit
    components: tuple[RequiredComponent, ...]
    missing: tuple[RequiredComponent, ...]
    fees: tuple[FeeLine, ...]
    fee_total: int
    """VND."""
    limit: LegalLimit
    due_at: datetime | None


IDENTITY_KINDS = {
    "citizen_id": PartyKind.PERSON,
    "old_id": PartyKind.PERSON,
    "passport": PartyKind.PERSON,
    "tax_code": PartyKind.ORGANISATION,
}
