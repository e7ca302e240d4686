"""Numbers that identify a person: citizen number (căn cước), old identity card (CMND), passport.

A citizen number has no check digit: 3 digits of province, 1 of century and sex, 2 of birth year, 6 at random.
What contradicts the other facts is a warning, handed back and never raised.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from engine.identities.refusals import (
    BirthYearDiffers,
    CitizenNumberImpossible,
    IdentityNumberInvalid,
    ProvinceUnknown,
    SexDiffers,
)
from engine.refusals import Refusal
from engine.words import Words

CITIZEN = re.compile(r"[0-9]{12}")
OLD_CARD = re.compile(r"[0-9]{9}")
PASSPORT = re.compile(r"[A-Z][0-9]{7,8}")
FOREIGN_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{6,9}")
# Codes of birth registration; they outlive the provinces that were merged in 2025.
PROVINCES_IN_A_ROW = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 "
    "044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 "
    "089 091 092 093 094 095 096"
)
PROVINCE_CODES = frozenset(PROVINCES_IN_A_ROW.split())


class IdentityKind(Words):
    """Which paper a number stands on."""

    CITIZEN = "citizen", "căn cước", "citizen number"
    OLD_CARD = "old_card", "chứng minh nhân dân", "old identity card"
    PASSPORT = "passport", "hộ chiếu", "passport"


class Sex(Words):
    """The sex as registered."""

    MALE = "male", "nam", "male"
    FEMALE = "female", "nữ", "female"


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A number that has the form of its kind."""

    kind: IdentityKind
    number: str

    @property
    def masked(self) -> str:
        """The number as lists show it: "020•••••1234", or only the last three characters of a shorter one."""
        return mask(self.number)


@dataclass(frozen=True, slots=True)
class CitizenNumber(IdentityNumber):
    """A citizen number with what its digits say."""

    province_code: str
    sex: Sex
    birth_year: int


def read_identity_number(text: str) -> IdentityNumber:
    """A citizen number, old identity card or Vietnamese passport; raises IdentityNumberInvalid."""
    number = _compact(text)
    if CITIZEN.fullmatch(number):
        return read_citizen_number(number)
    if OLD_CARD.fullmatch(number):
        return IdentityNumber(IdentityKind.OLD_CARD, number)
    if PASSPORT.fullmatch(number):
        return IdentityNumber(IdentityKind.PASSPORT, number)
    raise IdentityNumberInvalid(number=text.strip())


def read_foreign_passport(text: str) -> IdentityNumber:
    """A passport of another country, 6 to 9 letters and digits; raises IdentityNumberInvalid."""
    number = _compact(text)
    if not FOREIGN_PASSPORT.fullmatch(number):
        raise IdentityNumberInvalid(number=text.strip())
    return IdentityNumber(IdentityKind.PASSPORT, number)


def read_citizen_number(text: str) -> CitizenNumber:
    """The parts of a 12-digit citizen number; raises IdentityNumberInvalid or CitizenNumberImpossible."""
    number = _compact(text)
    if not CITIZEN.fullmatch(number):
        raise IdentityNumberInvalid(number=text.strip())
    century, female = divmod(int(number[3]), 2)
    if century > 1:
        raise CitizenNumberImpossible(number=number)
    birth_year = 1900 + 100 * century + int(number[4:6])
    return CitizenNumber(IdentityKind.CITIZEN, number, number[:3], Sex.FEMALE if female else Sex.MALE, birth_year)


def citizen_warnings(
    citizen: CitizenNumber, born: datetime.date | None = None, sex: Sex | None = None
) -> tuple[Refusal, ...]:
    """What in the number does not agree with the other facts; the clerk decides, nothing is refused."""
    warnings: list[Refusal] = []
    if citizen.province_code not in PROVINCE_CODES:
        warnings.append(ProvinceUnknown(province=citizen.province_code))
    if born is not None and born.year != citizen.birth_year:
        warnings.append(BirthYearDiffers(in_number=citizen.birth_year, given=born.year))
    if sex is not None and sex is not citizen.sex:
        warnings.append(SexDiffers(in_number=citizen.sex, given=sex))
    return tuple(warnings)


def mask(number: str) -> str:
    """A personal number with its middle hidden; a number of under 12 characters shows its last three at most."""
    if len(number) >= 12:
        return number[:3] + "•" * (len(number) - 7) + number[-4:]
    shown = number[-3:] if len(number) > 5 else ""
    return "•" * (len(number) - len(shown)) + shown


def _compact(text: str) -> str:
    return re.sub(r"[\s.\-]", "", text).upper()
