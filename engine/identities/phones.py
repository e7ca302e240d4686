"""Vietnamese phone numbers in one stored form, beginning with 0."""

from __future__ import annotations

import re

from engine.identities.refusals import PhoneInvalid

MOBILE = re.compile(r"0[35789][0-9]{8}")
LANDLINE = re.compile(r"02[0-9]{9}")
COUNTRY_CODE = re.compile(r"(?:\+|00)?84(?=[0-9]{9,10}$)")


def normalise_phone(text: str) -> str:
    """A mobile (10 digits) or landline (11 digits) number as 0…, from any usual spelling; raises PhoneInvalid."""
    number = COUNTRY_CODE.sub("0", re.sub(r"[\s.\-()]", "", text), count=1)
    if not (MOBILE.fullmatch(number) or LANDLINE.fullmatch(number)):
        raise PhoneInvalid(number=text.strip())
    return number


def is_mobile(number: str) -> bool:
    """Whether a normalised number can receive a text message."""
    return MOBILE.fullmatch(number) is not None


def show_phone(number: str) -> str:
    """A normalised number in groups, as it is read aloud: "0912 345 678", "0205 3812 345"."""
    return f"{number[:4]} {number[4:-3]} {number[-3:]}"
