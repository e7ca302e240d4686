"""GET /tasks: the work list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.dossiers.work_list import work_list
from engine.organisation.actors import Actor
from web.api.interface import operation
from web.api.shapes.tasks import TaskQuery, WorkListPage, work_list_item


@operation("listTasks", "GET", "/tasks", tag="Tasks", answer=WorkListPage, query=TaskQuery)
def list_tasks(session: Session, actor: Actor, now: datetime, query: TaskQuery) -> WorkListPage:
    """List the open tasks that this person may do, the most urgent first."""
    page = work_list(session, actor, now, tab=query.tab, search=query.search, after=query.after, size=query.size)
    return WorkListPage(items=[work_list_item(row) for row in page.rows], next=page.next)
