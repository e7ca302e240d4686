"""Who may open which page: nobody, unless the view says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app, g, request

from engine.organisation.actors import Actor
from engine.organisation.models import Role
from engine.refusals import Forbidden, Unauthenticated

View = TypeVar("View", bound=Callable[..., object])

PUBLIC = frozenset(
    {
        "static",
        "health.healthz",
        "account.login",
        "account.log_in",
        "account.choose_language",
        "tracking.track",
    }
)
"""The endpoints that anybody may open; every other view carries `open_to` or `open_to_everybody_known`."""

WORKERS = (Role.POST_CLERK, Role.DIVISION_HEAD, Role.OFFICER, Role.LEADER, Role.RECORDS_CLERK)
"""Who has tasks to do."""

TOKEN_BLUEPRINTS = frozenset({"api"})
"""Blueprints that know the caller by a token and guard themselves."""


class PageNotForRole(Forbidden):
    """The person's roles do not open this page."""

    vi = "Trang này dành cho: {roles}."
    en = "This page is for: {roles}."
    remedy_vi = "Nếu bạn cần dùng trang này, hãy đề nghị quản trị hệ thống cấp vai trò."
    remedy_en = "If you need it, ask an administrator for the role."


@dataclass(frozen=True, slots=True)
class _RoleTitles:
    """Several roles as one text in both languages."""

    roles: tuple[Role, ...]

    @property
    def vi(self) -> str:
        return ", ".join(role.vi.lower() for role in self.roles)

    @property
    def en(self) -> str:
        return ", ".join(role.en.lower() for role in self.roles)


def open_to(*roles: Role) -> Callable[[View], View]:
    """Open a view to whoever holds one of `roles` anywhere; what they see there is the engine's decision."""

    def mark(view: View) -> View:
        view.open_to = roles  # type: ignore[attr-defined]
        return view

    return mark


def open_to_everybody_known(view: View) -> View:
    """Open a view to everybody who has logged in."""
    view.open_to = tuple(Role)  # type: ignore[attr-defined]
    return view


def actor() -> Actor:
    """The person who has logged in.

    Raises:
        Unauthenticated: nobody has.
    """
    known: Actor | None = g.get("actor")
    if known is None:
        raise Unauthenticated()
    return known


def holds(*roles: Role) -> bool:
    """Whether the person who has logged in holds one of `roles`; for templates."""
    known: Actor | None = g.get("actor")
    return known is not None and any(known.holds(role) for role in roles)


def _check() -> None:
    if request.endpoint is None or request.endpoint in PUBLIC or request.blueprint in TOKEN_BLUEPRINTS:
        return
    roles: tuple[Role, ...] = getattr(current_app.view_functions[request.endpoint], "open_to", ())
    person = actor()
    if not any(person.holds(role) for role in roles):
        raise PageNotForRole(roles=_RoleTitles(roles))


def install(application: Flask) -> None:
    """Refuse every request that no declaration allows."""
    application.before_request(_check)
    application.jinja_env.globals.update(holds=holds, Role=Role, WORKERS=WORKERS)
