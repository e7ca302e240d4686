"""What the counter is told while it types: hints and warnings that refuse nothing."""

from __future__ import annotations

from engine.dossiers.reception import PartyDetails, Reception
from engine.identities import citizen_warnings, read_citizen_number
from engine.refusals import Refusal
from web.formatting import title
from web.language import translated as _
from web.refusals import message


def warnings(reception: Reception) -> list[str]:
    """What does not agree in the parties as typed so far."""
    parties = [party for party in (reception.applicant, reception.submitter) if party is not None]
    return [text for party in parties for text in _about(party)]


def _about(party: PartyDetails) -> list[str]:
    if party.identity_kind != "citizen_id" or not party.identity_number:
        return []
    try:
        citizen = read_citizen_number(party.identity_number)
    except Refusal:
        return []
    return [
        f"{party.full_name or _('Số căn cước')}: {message(one)}" for one in citizen_warnings(citizen, party.born_on)
    ]


def reading_of(party: PartyDetails) -> str:
    """What a citizen number says, to compare with the card; empty for anything else."""
    if party.identity_kind != "citizen_id":
        return ""
    try:
        citizen = read_citizen_number(party.identity_number)
    except Refusal:
        return ""
    return _("Số căn cước cho biết: %(sex)s, sinh năm %(year)s.", sex=title(citizen.sex), year=citizen.birth_year)
