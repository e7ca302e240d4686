"""Tax numbers: ten digits with a check digit, a branch's three more, or a person's citizen number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.identities.citizens import CITIZEN, read_citizen_number
from engine.identities.refusals import CitizenNumberImpossible, TaxNumberInvalid

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
WITH_BRANCH = re.compile(r"([0-9]{10})-?([0-9]{3})")


@dataclass(frozen=True, slots=True)
class TaxNumber:
    """A tax number; `branch` is empty for the head office and for persons."""

    number: str
    branch: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.branch}" if self.branch else self.number


def tax_check_digit(base: str) -> int | None:
    """The tenth digit for nine given ones; None where it would be 10, for then no tax number exists."""
    digit = 10 - sum(int(number) * weight for number, weight in zip(base, WEIGHTS, strict=True)) % 11
    return None if digit == 10 else digit


def read_tax_number(text: str) -> TaxNumber:
    """A tax number of an enterprise, a branch or a person; raises TaxNumberInvalid."""
    number = re.sub(r"[\s.]", "", text)
    if CITIZEN.fullmatch(number):
        return _of_a_person(number)
    branch = WITH_BRANCH.fullmatch(number)
    base = branch[1] if branch else number
    known = re.fullmatch(r"[0-9]{10}", base) and tax_check_digit(base[:9]) == int(base[9])
    if not known or (branch and branch[2] == "000"):
        raise TaxNumberInvalid(number=text.strip())
    return TaxNumber(base, branch[2] if branch else "")


def _of_a_person(number: str) -> TaxNumber:
    try:
        return TaxNumber(read_citizen_number(number).number)
    except CitizenNumberImpossible as error:
        raise TaxNumberInvalid(number=number) from error
