"""The papers of a dossier: typed contents in, PDF bytes out; knows no table and no request."""

from engine.papers.contents import (
    ApologyContent,
    ApplicantBlock,
    ChargeLine,
    ControlSlipContent,
    HandedOverDossier,
    HandOverMinutesContent,
    HandOverRow,
    Letterhead,
    ListedPaper,
    ReceiptContent,
    RefusalContent,
    SupplementRequestContent,
    Timeliness,
    Transfer,
)
from engine.papers.editions import NoEdition, PaperKind
from engine.papers.printing import (
    print_apology,
    print_control_slip,
    print_hand_over_minutes,
    print_receipt,
    print_refusal,
    print_supplement_request,
)

__all__ = [
    "ApologyContent",
    "ApplicantBlock",
    "ChargeLine",
    "ControlSlipContent",
    "HandOverMinutesContent",
    "HandOverRow",
    "HandedOverDossier",
    "Letterhead",
    "ListedPaper",
    "NoEdition",
    "PaperKind",
    "ReceiptContent",
    "RefusalContent",
    "SupplementRequestContent",
    "Transfer",
    "Timeliness",
    "print_apology",
    "print_control_slip",
    "print_hand_over_minutes",
    "print_receipt",
    "print_refusal",
    "print_supplement_request",
]
