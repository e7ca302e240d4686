"""The enumerations and small look-ups that templates speak with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask, g
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from engine.catalogue.definitions import definition_of
from engine.catalogue.models import ProcedureVersion
from engine.dossiers import queries
from engine.dossiers.models import (
    Channel,
    ChargeKind,
    Dossier,
    DossierState,
    PartyKind,
    PaymentMethod,
    ReturnMethod,
    Task,
    Wait,
)
from engine.dossiers.parties import IdentityPaper
from engine.forms import Part, Repeat, shown_answers
from engine.organisation.models import Person, Unit
from web.formatting import title
from web.language import language
from web.unit_of_work import session


def unit_name(unit_id: int) -> str:
    """The name of a unit in the reader's language; all names are read once a request."""
    if "unit_names" not in g:
        column = Unit.name if language() == "vi" else Unit.name_en
        g.unit_names = dict(session().execute(select(Unit.id, column)).all())
    return str(g.unit_names[unit_id])


def field_name(version: ProcedureVersion) -> str:
    """The field of a procedure in the reader's language."""
    return version.field if language() == "vi" else definition_of(session(), version.id).properties.field_en


def english_papers(dossier: Dossier) -> dict[str, str]:
    """What the published list calls the papers of a dossier in English, by code; empty for a Vietnamese reader."""
    if language() == "vi":
        return {}
    return queries.english_papers(session(), dossier)


def wait_name(dossier: Dossier, wait: Wait) -> str:
    """What the dossier waits for, in the reader's language as far as the diagram says it."""
    if language() == "vi":
        return wait.name
    return definition_of(session(), dossier.version_id).workflow.english_names.get(wait.element_id, wait.name)


def answers_shown(task: Task) -> list[tuple[str, str]]:
    """What was answered in a completed task, with the labels of its form."""
    form = definition_of(session(), task.dossier.version_id).forms.get(task.form or "")
    if form is None:
        return []
    return shown_answers(form, _in_names(task, form.parts, task.answers or {}), language())


def _in_names(task: Task, parts: Iterable[Part], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with names in place of the codes of what the server gave to choose from."""
    named = dict(answers)
    for part in parts:
        if part.key not in named:
            continue
        if isinstance(part, Repeat):
            named[part.key] = [_in_names(task, part.parts, entry) for entry in named[part.key]]
        elif part.choices_from in CHOICE_NAMES:
            named[part.key] = CHOICE_NAMES[part.choices_from](task, named[part.key])
    return named


def _of_list(task: Task, code: object) -> object:
    """What the published list calls a component."""
    asked = queries.published_components(session(), task.dossier)
    names = {component.code: component.name if language() == "vi" else component.name_en for component in asked}
    return names.get(str(code), code)


def _named(column: InstrumentedAttribute[str], name: InstrumentedAttribute[str], value: object) -> object:
    """The names of what is stored as a code: a text for a text, a list for a list."""
    codes = value if isinstance(value, list) else [value]
    names: dict[object, str] = dict(session().execute(select(column, name).where(column.in_(codes))).all())
    shown = [names.get(code, str(code)) for code in codes]
    return shown if isinstance(value, list) else shown[0]


CHOICE_NAMES: dict[str | None, Callable[[Task, object], object]] = {
    "components": _of_list,
    "officers": lambda task, value: _named(Person.username, Person.full_name, value),
    "units": lambda task, value: _named(Unit.code, Unit.name if language() == "vi" else Unit.name_en, value),
}
"""How the answers of fields whose choices the server gives are shown, by the name of those choices."""


def actor_post() -> str:
    """What the person who has logged in is and where: `Chuyên viên, Sở …`."""
    posts = sorted({(title(role), unit_name(unit)) for unit, role in g.actor.memberships})
    return ", ".join(posts[0]) if posts else ""


def install(application: Flask) -> None:
    """Offer the words to the templates."""
    application.jinja_env.globals.update(
        Channel=Channel,
        ChargeKind=ChargeKind,
        DossierState=DossierState,
        IdentityPaper=IdentityPaper,
        PartyKind=PartyKind,
        PaymentMethod=PaymentMethod,
        ReturnMethod=ReturnMethod,
        actor_post=actor_post,
        answers_shown=answers_shown,
        english_papers=english_papers,
        field_name=field_name,
        unit_name=unit_name,
        wait_name=wait_name,
    )
