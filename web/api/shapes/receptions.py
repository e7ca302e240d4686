"""What is entered when a dossier is received."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from engine.dossiers.models import PartyKind, ReturnMethod
from engine.dossiers.reception import HandedIn, PartyDetails, Reception, ReceptionDecision
from web.api.shapes.base import Code, Line, Prose, Request, Whole, described

IdentityKind = Literal["citizen_id", "old_id", "passport", "tax_code"]


class Party(Request):
    """A person or organisation as shown by the papers."""

    kind: PartyKind = described("Person or organisation.", "person")
    full_name: Line = described("The whole name, as on the papers.", "Nguyễn Thị Ngọc Yến", min_length=1)
    identity_kind: IdentityKind = described("Which paper shows who it is.", "citizen_id")
    identity_number: Line = described("The number on that paper.", "020185001234", min_length=1)
    born_on: date | None = described("Date of birth.", "1985-02-17", default=None)
    phone: Line = described("Telephone number.", "0912345678", default="")
    email: Line = described("E-mail address.", "yen.nguyen@example.vn", default="")
    address: Line = described("Address.", "Số 12, đường Trần Đăng Ninh, phường Tam Thanh", default="")
    represented_by: Line = described("Who represents the organisation.", "Vi Văn Sỹ", default="")

    def details(self) -> PartyDetails:
        """The same for the engine."""
        return PartyDetails(**{**dict(self), "kind": self.kind.value})


class ReceivedComponent(Request):
    """One paper that was handed in."""

    code: Code = described("The component's code in the procedure's list.", "application")
    originals: Whole = described("Number of originals.", 1, default=0, ge=0, le=999)
    copies: Whole = described("Number of copies.", 0, default=0, ge=0, le=999)
    note: Line = described("Remark.", default="")


class ReceiveDossierRequest(Request):
    """A dossier as it stands at the counter, and what the clerk decides."""

    procedure: Code = described("The procedure's national code.", "2.000134")
    applicant: Party = described("Whose dossier it is.")
    submitter: Party | None = described("Who handed it in, when that is another person.", default=None)
    deciding_unit: Code | None = described("Unit code; needed where several units decide.", "LDTBXH", default=None)
    counter: Code | None = described(
        "Unit code; needed for a clerk who serves several counters.", "QUAY1", default=None
    )
    return_method: ReturnMethod = described(
        "How the result is to be returned.", "counter", default=ReturnMethod.COUNTER
    )
    return_address: Line = described("Where to, by post.", default="")
    components: list[ReceivedComponent] = described("The papers handed in.", default_factory=list, max_length=200)
    facts: dict[str, Any] = described(
        "Answers of the procedure's intake form, by field key.", {"case": "new"}, default_factory=dict
    )
    summary: Prose = described("What is asked for; the procedure's name when empty.", default="")
    fee_exempt: bool = described("Whether the applicant is exempt from fees.", False, default=False)
    decision: ReceptionDecision = described(
        "`accept`, `supplement` (ask to complete) or `refuse`.", "accept", default=ReceptionDecision.ACCEPT
    )
    reason: Prose = described("Why, when it is not accepted.", default="")
    task: UUID | None = described(
        "The open receiving task that this completes: of a dossier filed online or brought back complete.", default=None
    )

    def reception(self) -> Reception:
        """The same for the engine."""
        return Reception(
            procedure_code=self.procedure,
            applicant=self.applicant.details(),
            deciding_unit=self.deciding_unit,
            counter=self.counter,
            return_method=self.return_method.value,
            return_address=self.return_address,
            submitter=self.submitter.details() if self.submitter else None,
            components=tuple(HandedIn(**dict(component)) for component in self.components),
            facts=self.facts,
            summary=self.summary,
            fee_exempt=self.fee_exempt,
            decision=self.decision.value,
            reason=self.reason,
        )
