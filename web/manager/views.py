"""The manager's overview: counts by state and agency, what is late and what is due soon."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template

from engine.dossiers.models import DossierState
from engine.dossiers.search import due_before
from engine.dossiers.standing import overview as standings_of
from engine.organisation.models import Role
from web.guard import actor, open_to
from web.unit_of_work import now, session

blueprint = Blueprint("manager", __name__, template_folder="templates")

SOON = timedelta(days=2)
LONGEST_LIST = 50


@blueprint.get("/dieu-hanh")
@open_to(Role.CENTRE_MANAGER, Role.ADMINISTRATOR, Role.LEADER)
def overview() -> str:
    """Open dossiers by agency and state, the late ones and those due soon."""
    soon = now() + SOON
    standings = standings_of(session(), actor(), now(), soon)
    return render_template(
        "manager/overview.html",
        standings=standings,
        states=[state for state in DossierState if any(one.by_state.get(state) for one in standings)],
        late=due_before(session(), actor(), None, now(), size=LONGEST_LIST),
        soon=due_before(session(), actor(), now(), soon, size=LONGEST_LIST),
        longest=LONGEST_LIST,
    )
