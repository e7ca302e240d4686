"""Dossier numbers: the agency's code, the day of reception and a serial, in a format that is data.

A number identifies and is never taken apart again: which agency decides is known from the dossier, not from its number.
"""

from __future__ import annotations

import datetime
import re
from string import Formatter

from engine.identities.refusals import DossierNumberInvalid, SerialExhausted

DOSSIER_NUMBER = re.compile(
    r"([A-Z][0-9]{2}(\.[0-9]{1,3}){0,3}|[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})-[0-9]{6}-[0-9]{4,6}"
)
GREATEST_SERIAL = 999_999
PATTERN_FIELDS = {"identifier": r"", "yymmdd": r"", "serial": r"0[4-6]d"}
"""What a pattern must hold, with how each field may be written."""


def is_number_pattern(pattern: str) -> bool:
    """Whether a pattern uses {identifier}, {yymmdd} and {serial} (of four to six digits at least), each once."""
    try:
        parts = [part for part in Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return False
    return sorted(str(name) for _, name, _, _ in parts) == sorted(PATTERN_FIELDS) and all(
        conversion is None and re.fullmatch(PATTERN_FIELDS[str(name)], form or "") is not None
        for _, name, form, conversion in parts
    )


def compose_dossier_number(pattern: str, identifier: str, received_on: datetime.date, serial: int) -> str:
    """The number of the `serial`-th dossier that an agency received on a local date.

    Raises SerialExhausted, or DossierNumberInvalid when identifier and pattern do not make a valid number.
    """
    if not 1 <= serial <= GREATEST_SERIAL:
        raise SerialExhausted(serial=serial)
    return read_dossier_number(pattern.format(identifier=identifier, yymmdd=f"{received_on:%y%m%d}", serial=serial))


def read_dossier_number(text: str) -> str:
    """A dossier number as typed or scanned, in its stored form; raises DossierNumberInvalid."""
    number = re.sub(r"\s", "", text).upper()
    if not is_dossier_number(number):
        raise DossierNumberInvalid(number=text.strip())
    return number


def is_dossier_number(number: str) -> bool:
    """Whether a text has one of the forms of dossier numbers, old or new."""
    return DOSSIER_NUMBER.fullmatch(number) is not None
