"""The work list: tabs, search, and pages by key."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.dossiers.queues import WorkListTab
from engine.dossiers.work_list import MOST_COUNTED, counts, work_list
from web.guard import WORKERS, actor, open_to
from web.unit_of_work import now, session

blueprint = Blueprint("worklist", __name__, template_folder="templates")

PAGE_SIZE = 30


@blueprint.get("/viec")
@open_to(*WORKERS)
def mine() -> str:
    """The open tasks offered to this person; only the table when asked for in part."""
    chosen = request.args.get("muc", WorkListTab.ALL)
    tab = WorkListTab(chosen) if chosen in list(WorkListTab) else WorkListTab.ALL
    search = request.args.get("tim", "").strip()[:80]
    page = work_list(session(), actor(), now(), tab=tab, search=search, after=request.args.get("sau"), size=PAGE_SIZE)
    template = "worklist/table.html" if request.headers.get("HX-Request") else "worklist/list.html"
    return render_template(
        template,
        page=page,
        tab=tab,
        tabs=counts(session(), actor(), now()),
        most_counted=MOST_COUNTED,
        search=search,
        first="sau" not in request.args,
    )
