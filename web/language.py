"""Vietnamese first, English second: whose words a page speaks, read straight from the .po file."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask import session as cookie
from flask_babel import Babel, Domain, get_locale, gettext

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
ENGLISH = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


class Catalogue(Domain):  # type: ignore[misc]
    """The English words, held in memory; Vietnamese needs none because it is what the code says."""

    def __init__(self) -> None:
        super().__init__()
        self.english = _english()

    def get_translations(self) -> NullTranslations:
        """The translations for the language of the page."""
        return self.english if language() == "en" else NullTranslations()


@cache
def _english() -> Translations:
    """The English words, read once for all applications of the process."""
    compiled = BytesIO()
    with ENGLISH.open("rb") as source:
        write_mo(compiled, read_po(source, locale="en"))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """The language of the page being made: "vi" or "en"."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "vi"


def translated(text: str, **parameters: object) -> str:
    """`text` in the reader's language with its `%(places)s` filled in; modules import it as `_`."""
    return str(gettext(text, **parameters))


def _chosen() -> str:
    """What the reader chose in this browser, else what is written with the person, else Vietnamese."""
    chosen = cookie.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    if request.path.startswith("/api/"):
        return request.accept_languages.best_match(list(LANGUAGES)) or "vi"
    actor = g.get("actor")
    return str(actor.person.language) if actor is not None else "vi"


def install(application: Flask) -> None:
    """Make `_()` and every page speak the reader's language."""
    babel = Babel()
    babel.init_app(application, default_locale="vi", default_timezone="Asia/Ho_Chi_Minh", locale_selector=_chosen)
    babel.domain_instance = Catalogue()
    application.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)
