"""Names, numbers and amounts as Vietnamese offices write them: read, checked, folded and shown; pure."""

from engine.identities.citizens import (
    CitizenNumber,
    IdentityKind,
    IdentityNumber,
    Sex,
    citizen_warnings,
    mask,
    read_citizen_number,
    read_foreign_passport,
    read_identity_number,
)
from engine.identities.dossier_numbers import (
    compose_dossier_number,
    is_dossier_number,
    is_number_pattern,
    read_dossier_number,
)
from engine.identities.money import money_in_words, number_in_words, read_money, show_money
from engine.identities.names import collation_key, fold, given_name, normalise_name, sort_key, tidy, words_of
from engine.identities.phones import is_mobile, normalise_phone, show_phone
from engine.identities.postal_items import is_s10, normalise_postal_item, postal_check_digit, postal_item_warning
from engine.identities.taxpayers import TaxNumber, read_tax_number, tax_check_digit

__all__ = [
    "CitizenNumber",
    "IdentityKind",
    "IdentityNumber",
    "Sex",
    "TaxNumber",
    "citizen_warnings",
    "collation_key",
    "compose_dossier_number",
    "fold",
    "given_name",
    "is_dossier_number",
    "is_mobile",
    "is_number_pattern",
    "is_s10",
    "mask",
    "money_in_words",
    "normalise_name",
    "normalise_phone",
    "normalise_postal_item",
    "number_in_words",
    "postal_check_digit",
    "postal_item_warning",
    "read_citizen_number",
    "read_dossier_number",
    "read_foreign_passport",
    "read_identity_number",
    "read_money",
    "read_tax_number",
    "show_money",
    "show_phone",
    "sort_key",
    "tax_check_digit",
    "tidy",
    "words_of",
]
