"""Prints each paper of a dossier as PDF bytes."""

from __future__ import annotations

from engine.identities import money_in_words, show_money
from engine.papers.contents import (
    ApologyContent,
    ControlSlipContent,
    HandOverMinutesContent,
    ReceiptContent,
    RefusalContent,
    SupplementRequestContent,
)
from engine.papers.editions import PaperKind, edition_on
from engine.papers.typesetting import qr_code, typeset

COUNTER_COPY = "Liên 1: Lưu tại quầy, chuyển kèm Phiếu kiểm soát"
APPLICANT_COPY = "Liên 2: Giao cho người nộp hồ sơ"


def print_receipt(content: ReceiptContent, both_copies: bool = False) -> bytes:
    """The receipt: the applicant's copy, or the counter's copy too; A5 pages (domain: form 01)."""
    edition = edition_on(PaperKind.RECEIPT, content.received_at)
    total = sum(line.amount for line in content.charges)
    return typeset(
        edition,
        content,
        content.received_at,
        qr=qr_code(content.tracking_url or content.dossier_number),
        signatory=content.applicant.signatory,
        copies=[COUNTER_COPY, APPLICANT_COPY] if both_copies else [APPLICANT_COPY],
        charges=[{"name": line.name, "amount": show_money(line.amount)} for line in content.charges],
        total=show_money(total),
        total_in_words=money_in_words(total),
    )


def print_supplement_request(content: SupplementRequestContent) -> bytes:
    """The request to complete the dossier, in the edition under which it was received, or of today before that."""
    edition = edition_on(PaperKind.SUPPLEMENT_REQUEST, content.received_at or content.made_at)
    return typeset(edition, content, content.made_at)


def print_refusal(content: RefusalContent) -> bytes:
    """The refusal to receive the dossier at the counter."""
    edition = edition_on(PaperKind.REFUSAL, content.made_at)
    return typeset(edition, content, content.made_at, signatory=content.applicant.signatory)


def print_apology(content: ApologyContent) -> bytes:
    """The agency's apology with the new date, in the edition under which the dossier was received."""
    edition = edition_on(PaperKind.APOLOGY, content.received_at)
    return typeset(edition, content, content.made_at)


def print_control_slip(content: ControlSlipContent) -> bytes:
    """The control slip: the hand-over log of the dossier up to now."""
    edition = edition_on(PaperKind.CONTROL_SLIP, content.received_at)
    return typeset(edition, content, content.made_at, qr=qr_code(content.dossier_number))


def print_hand_over_minutes(content: HandOverMinutesContent) -> bytes:
    """The hand-over minutes in two identical copies, one for each side; A4 pages."""
    edition = edition_on(PaperKind.HAND_OVER_MINUTES, content.given_at)
    total = sum(dossier.sets for dossier in content.dossiers)
    return typeset(edition, content, content.taken_at or content.given_at, total_sets=total)
