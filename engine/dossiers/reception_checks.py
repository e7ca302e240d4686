"""Checking a reception whole, so that the clerk sees every wrong field at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.dossiers.context import local_date
from engine.dossiers.failures import Reason
from engine.dossiers.models import Channel, ReturnMethod
from engine.dossiers.parties import wrong_fields
from engine.dossiers.reception import HandedIn, Reception, ReceptionDecision, ReceptionPreview
from engine.dossiers.refusals import (
    ComponentTwice,
    MissingComponent,
    ReceptionRefused,
    Required,
    UnknownComponent,
    WrongValue,
)
from engine.forms import FormRefused, validate
from engine.refusals import Refusal
from engine.words import Words

LARGEST_COUNT = 999
COPIES = Reason("Số bản chính/bản sao", "The number of originals/copies")
CHOICES: Mapping[str, tuple[type[Words], Reason]] = {
    "channel": (Channel, Reason("Hình thức nộp", "The channel")),
    "return_method": (ReturnMethod, Reason("Hình thức nhận kết quả", "The way of receiving the result")),
    "decision": (ReceptionDecision, Reason("Kết quả kiểm tra hồ sơ", "The decision")),
}
"""The fields of a reception that take one of a few words, and what people call them."""


def check_reception(preview: ReceptionPreview, reception: Reception, now: datetime) -> dict[str, Any]:
    """The cleaned answers of the procedure's intake form; raises ReceptionRefused naming every wrong field.

    Field names are those of `Reception`, dotted: `applicant.phone`, `components.photo`, `facts.pages`.
    """
    today = local_date(now)
    refusals = wrong_fields(reception.applicant, "applicant", today)
    if reception.submitter is not None:
        refusals |= wrong_fields(reception.submitter, "submitter", today)
    refusals |= _wrong_choices(reception)
    refusals |= _wrong_components(preview, reception)
    facts, wrong_facts = _facts(preview, reception, now)
    refusals |= wrong_facts
    if refusals:
        raise ReceptionRefused(refusals, count=len(refusals))
    return facts


def _wrong_choices(reception: Reception) -> dict[str, Refusal]:
    refusals: dict[str, Refusal] = {}
    for field, (words, name) in CHOICES.items():
        value = getattr(reception, field)
        if value not in list(words):
            refusals[field] = WrongValue(field=name, value=value)
    if reception.return_method == ReturnMethod.POST and not reception.return_address.strip():
        refusals["return_address"] = Required(field=Reason("địa chỉ nhận kết quả", "the address for the result"))
    if reception.decision != ReceptionDecision.ACCEPT and not reception.reason.strip():
        refusals["reason"] = Required(field=Reason("lý do", "the reason"))
    return refusals


def _wrong_components(preview: ReceptionPreview, reception: Reception) -> dict[str, Refusal]:
    """Only a dossier that is accepted must be complete; what is not on the published list is never taken."""
    known = {component.code for component in preview.components}
    refusals: dict[str, Refusal] = {
        f"components.{handed.code}": UnknownComponent(code=handed.code)
        for handed in reception.components
        if handed.code not in known
    }
    refusals |= {
        f"components.{handed.code}": wrong for handed in reception.components if (wrong := wrong_count(handed))
    }
    entered = Counter(handed.code for handed in reception.components)
    refusals |= {f"components.{code}": ComponentTwice(code=code) for code, number in entered.items() if number > 1}
    if reception.decision == ReceptionDecision.ACCEPT and reception.channel != Channel.ONLINE:
        refusals |= {
            f"components.{part.code}": MissingComponent(name=Reason(part.name, part.name_en))
            for part in preview.missing
        }
    return refusals


def wrong_count(handed: HandedIn) -> WrongValue | None:
    """What is wrong with the numbers of a paper's originals and copies; None when they can be."""
    if 0 <= handed.originals <= LARGEST_COUNT and 0 <= handed.copies <= LARGEST_COUNT:
        return None
    return WrongValue(field=COPIES, value=f"{handed.originals}/{handed.copies}")


def _facts(preview: ReceptionPreview, reception: Reception, now: datetime) -> tuple[dict[str, Any], dict[str, Refusal]]:
    form = preview.definition.forms.get(preview.definition.properties.intake_form)
    if form is None:
        return dict(reception.facts), {}
    try:
        return validate(form, dict(reception.facts), {"today": local_date(now)}), {}
    except FormRefused as refused:
        return {}, {f"facts.{field}": refusal for field, refusal in refused.fields.items()}
