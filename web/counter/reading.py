"""What the clerk typed on the receiving page, as the engine wants it; nothing is judged here."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from pydantic_core import from_json
from werkzeug.datastructures import MultiDict

from engine.dossiers.models import Dossier, Party, PartyKind
from engine.dossiers.reception import HandedIn, PartyDetails, Reception, ReceptionDecision
from engine.refusals import Invalid, Refusal

Form = MultiDict[str, str]


class DateUnreadable(Invalid):
    """A date that does not exist or is not written day first."""

    vi = "“{text}” không phải ngày có thật; hãy viết ngày/tháng/năm, ví dụ 17/02/1985."
    en = "“{text}” is no date that exists; write day/month/year, for example 17/02/1985."


MOST_CHARACTERS = 2000


def read_reception(form: Form) -> Reception:
    """The reception as entered."""
    return Reception(
        procedure_code=_text(form, "thu_tuc"),
        applicant=_party(form, "applicant"),
        deciding_unit=_text(form, "deciding_unit") or None,
        counter=_text(form, "counter") or None,
        return_method=_text(form, "return_method") or "counter",
        return_address=_text(form, "return_address"),
        submitter=_party(form, "submitter", PartyKind.PERSON) if form.get("by_another") else None,
        components=tuple(read_components(form)),
        facts=read_facts(form),
        summary=_text(form, "summary"),
        fee_exempt=bool(form.get("fee_exempt")),
        decision=_text(form, "decision") or ReceptionDecision.ACCEPT,
        reason=_text(form, "reason"),
    )


def read_facts(form: Form) -> dict[str, Any]:
    """The answers of the procedure's own form; an unreadable value counts as nothing answered."""
    try:
        answers = from_json(form.get("answers") or "{}", allow_inf_nan=False)
    except ValueError:
        return {}
    if not isinstance(answers, dict):
        return {}
    return {name: value for name, value in answers.items() if value is not None}


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip()[:MOST_CHARACTERS]


def _party(form: Form, prefix: str, kind: PartyKind | None = None) -> PartyDetails:
    is_organisation = (kind or _text(form, f"{prefix}.kind")) == PartyKind.ORGANISATION
    return PartyDetails(
        kind=kind or _text(form, f"{prefix}.kind") or PartyKind.PERSON,
        full_name=_text(form, f"{prefix}.full_name"),
        identity_kind="tax_code" if is_organisation else _text(form, f"{prefix}.identity_kind") or "citizen_id",
        identity_number=_text(form, f"{prefix}.identity_number"),
        born_on=_day(_text(form, f"{prefix}.born_on")),
        phone=_text(form, f"{prefix}.phone"),
        email=_text(form, f"{prefix}.email"),
        address=_text(form, f"{prefix}.address"),
        represented_by=_text(form, f"{prefix}.represented_by") if is_organisation else "",
    )


def wrong_days(form: Form) -> dict[str, Refusal]:
    """The dates that cannot be read, by field name."""
    return {
        name: DateUnreadable(text=text)
        for name in ("applicant.born_on", "submitter.born_on")
        if (text := _text(form, name)) and _day(text) is None and (name[0] == "a" or form.get("by_another"))
    }


def _day(text: str) -> date | None:
    """`17/02/1985`, as people write it, or None."""
    parts = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text)
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1])) if parts else None
    except ValueError:
        return None


def read_components(form: Form) -> list[HandedIn]:
    """The papers that are ticked; a ticked one without a number counts as one original."""
    codes = [
        name.split(".", 1)[1].removesuffix(".on")
        for name in form
        if name.startswith("components.") and name.endswith(".on")
    ]
    handed = []
    for code in codes:
        originals, copies = _count(form, f"components.{code}.originals"), _count(form, f"components.{code}.copies")
        handed.append(HandedIn(code, originals, copies, _text(form, f"components.{code}.note")))
    return handed


def _count(form: Form, name: str) -> int:
    """A number of papers; -1 stands for what is no number, which the engine refuses at its field."""
    text = _text(form, name)
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def form_of(dossier: Dossier) -> Form:
    """The receiving page's fields as an earlier reception of the dossier filled them."""
    form = Form({"thu_tuc": dossier.version.procedure.code, "deciding_unit": dossier.deciding_unit.code})
    _fill_party(form, "applicant", dossier.applicant)
    if dossier.submitter is not None:
        form["by_another"] = "1"
        _fill_party(form, "submitter", dossier.submitter)
    form["answers"] = json.dumps(dossier.facts)
    form["return_method"], form["return_address"] = dossier.return_method, dossier.return_address
    form["summary"] = dossier.summary
    if dossier.fee_exempt:
        form["fee_exempt"] = "1"
    for part in dossier.components:
        form[f"components.{part.code}.on"] = "1"
        form[f"components.{part.code}.originals"] = str(part.originals)
        form[f"components.{part.code}.copies"] = str(part.copies)
    return form


def _fill_party(form: Form, prefix: str, party: Party) -> None:
    for name in (
        "kind",
        "full_name",
        "identity_kind",
        "identity_number",
        "phone",
        "email",
        "address",
        "represented_by",
    ):
        form[f"{prefix}.{name}"] = getattr(party, name)
    form[f"{prefix}.born_on"] = f"{party.born_on:%d/%m/%Y}" if party.born_on else ""
