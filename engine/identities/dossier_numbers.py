"""Dossier numbers: the agency's code, the day of reception and a serial, in a format that is data.

A number identifies and is never taken apart again: which agency decides is known from the dossier, not from its number.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from string import Formatter

from engine.identities.refusals import DossierNumberFormatInvalid, DossierNumberInvalid, SerialExhausted

DOSSIER_NUMBER = re.compile(
    r"([A-Z][0-9]{2}(\.[0-9]{1,3}){0,3}|[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})-[0-9]{6}-[0-9]{4,6}"
)
GREATEST_SERIAL = 999_999


@dataclass(frozen=True, slots=True)
class DossierNumberFormat:
    """How numbers are composed: a template of {agency}, {date} (YYMMDD) and {serial}, and the serial's fewest digits.

    Raises DossierNumberFormatInvalid.
    """

    template: str = "{agency}-{date}-{serial}"
    serial_digits: int = 4

    def __post_init__(self) -> None:
        try:
            fields = [parsed[1:] for parsed in Formatter().parse(self.template) if parsed[1] is not None]
        except ValueError:
            fields = []
        wanted = [(name, "", None) for name in ("agency", "date", "serial")]
        if sorted(fields, key=str) != wanted or not 4 <= self.serial_digits <= 6:
            raise DossierNumberFormatInvalid(template=self.template)

    def compose(self, agency_code: str, received_on: datetime.date, serial: int) -> str:
        """The number of the `serial`-th dossier an agency received on a local date.

        Raises SerialExhausted, or DossierNumberInvalid when the agency's code does not make a valid number.
        """
        if not 1 <= serial <= GREATEST_SERIAL:
            raise SerialExhausted(serial=serial)
        written = f"{serial:0{self.serial_digits}d}"
        number = self.template.format(agency=agency_code, date=f"{received_on:%y%m%d}", serial=written)
        return read_dossier_number(number)


def read_dossier_number(text: str) -> str:
    """A dossier number as typed or scanned, in its stored form; raises DossierNumberInvalid."""
    number = re.sub(r"\s", "", text).upper()
    if not is_dossier_number(number):
        raise DossierNumberInvalid(number=text.strip())
    return number


def is_dossier_number(number: str) -> bool:
    """Whether a text has one of the forms of dossier numbers, old or new."""
    return DOSSIER_NUMBER.fullmatch(number) is not None
