"""Every Vietnamese word of the pages has an English translation, with the same places to fill in."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

from engine.settings import PROJECT
from web.language import ENGLISH

WEB = PROJECT / "web"
ELSEWHERE = ("node_modules", "static")


def sources() -> list[Path]:
    files = [*WEB.rglob("*.py"), *WEB.rglob("*.html")]
    return sorted(file for file in files if not set(ELSEWHERE) & set(file.relative_to(WEB).parts))


def words_of_the_pages() -> dict[str, str]:
    """Every msgid with the file that says it first."""
    found: dict[str, str] = {}
    for file in sources():
        method = "python" if file.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {"newstyle_gettext": "true", "trimmed": "false", "silent": "false"}
        for _line, message, _comments, _context in extract(method, BytesIO(file.read_bytes()), options=options):
            found.setdefault(message if isinstance(message, str) else message[0], str(file.relative_to(WEB)))
    return found


def translations() -> dict[str, str]:
    with ENGLISH.open("rb") as source:
        catalogue = read_po(source, locale="en")
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id}


def places(text: str) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)s", text))


def test_every_vietnamese_text_has_an_english_one() -> None:
    known = translations()
    missing = {text: file for text, file in words_of_the_pages().items() if not known.get(text)}
    assert not missing


def test_no_translation_is_left_over_from_a_text_that_is_gone() -> None:
    assert not set(translations()) - set(words_of_the_pages())


def test_a_translation_fills_in_what_the_original_fills_in() -> None:
    wrong = {text: english for text, english in translations().items() if places(text) != places(english)}
    assert not wrong


def test_there_are_words_at_all() -> None:
    assert len(words_of_the_pages()) > 150
