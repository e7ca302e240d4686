"""Applicants and submitters: checked as entered, stored as the office writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from engine.dossiers.failures import Reason
from engine.dossiers.models import Party, PartyKind
from engine.dossiers.reception import PartyDetails
from engine.dossiers.refusals import BornInTheFuture, Required, WrongValue
from engine.identities import (
    normalise_name,
    normalise_phone,
    read_citizen_number,
    read_foreign_passport,
    read_identity_number,
    read_tax_number,
    tidy,
)
from engine.refusals import Refusal
from engine.words import Words


class IdentityPaper(Words):
    """By what an applicant is identified."""

    CITIZEN_ID = "citizen_id", "Số căn cước", "Citizen number"
    OLD_ID = "old_id", "Số chứng minh nhân dân", "Old identity card"
    PASSPORT = "passport", "Số hộ chiếu", "Passport"
    TAX_CODE = "tax_code", "Mã số thuế", "Tax code"


READERS: dict[IdentityPaper, Callable[[str], str]] = {
    IdentityPaper.CITIZEN_ID: lambda text: read_citizen_number(text).number,
    IdentityPaper.OLD_ID: lambda text: read_identity_number(text).number,
    IdentityPaper.PASSPORT: lambda text: read_foreign_passport(text).number,
    IdentityPaper.TAX_CODE: lambda text: str(read_tax_number(text)),
}

LONGEST_EMAIL = 200
EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
"""What the HTML standard calls a valid e-mail address, with a dot in its domain."""


def party_row(details: PartyDetails) -> Party:
    """The table row of a party that `wrong_fields` has found right."""
    return Party(
        kind=PartyKind(details.kind),
        full_name=normalise_name(details.full_name),
        identity_kind=IdentityPaper(details.identity_kind),
        identity_number=READERS[IdentityPaper(details.identity_kind)](details.identity_number),
        born_on=details.born_on,
        phone=normalise_phone(details.phone) if details.phone else "",
        email=details.email.strip(),
        address=tidy(details.address),
        represented_by=tidy(details.represented_by),
    )


def wrong_fields(details: PartyDetails, prefix: str, today: date) -> dict[str, Refusal]:
    """What is wrong with a party as entered `today`, by field name under `prefix` (`applicant.phone`)."""
    checks: dict[str, Callable[[], object]] = {
        "kind": lambda: PartyKind(details.kind),
        "full_name": lambda: normalise_name(details.full_name),
        "identity_kind": lambda: IdentityPaper(details.identity_kind),
        "phone": lambda: details.phone and normalise_phone(details.phone),
        "email": lambda: _check_email(details.email),
        "identity_number": lambda: _check_identity(details),
        "born_on": lambda: _check_born(details.born_on, today),
        "address": lambda: _check_present(details.address, Reason("địa chỉ", "the address")),
    }
    refusals = {f"{prefix}.{name}": _refusal(name, check) for name, check in checks.items()}
    return {field: refusal for field, refusal in refusals.items() if refusal is not None}


def _refusal(name: str, check: Callable[[], object]) -> Refusal | None:
    try:
        check()
    except Refusal as refusal:
        return refusal
    except ValueError as error:
        return WrongValue(field=name, value=str(error).split(" ")[0])
    return None


def _check_identity(details: PartyDetails) -> None:
    _check_present(details.identity_number, Reason("số giấy tờ", "the number of the paper"))
    try:
        reader = READERS[IdentityPaper(details.identity_kind)]
    except ValueError:
        return
    reader(details.identity_number)


def _check_born(born_on: date | None, today: date) -> None:
    if born_on is not None and born_on > today:
        raise BornInTheFuture(day=f"{born_on:%d/%m/%Y}")


def _check_present(value: str, field: Reason) -> None:
    if not value.strip():
        raise Required(field=field)


def _check_email(email: str) -> None:
    """One address, written so that every mail server takes it."""
    address = email.strip()
    if address and (len(address) > LONGEST_EMAIL or not EMAIL.fullmatch(address)):
        raise WrongValue(field=Reason("Thư điện tử", "The e-mail address"), value=email[:LONGEST_EMAIL])
