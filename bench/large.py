"""Completions, work lists and searches among very many dossiers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench import completions
from bench.figures import p50, p95, show_table, timed
from bench.filling import fill
from bench.names import QUERIES
from bench.office import Office, acting, now, receive
from bench.serving import web_server
from engine.dossiers.models import Dossier
from engine.dossiers.queues import WorkListTab
from engine.dossiers.search import search_dossiers
from engine.dossiers.work_list import counts, work_list
from engine.organisation.actors import Actor

READERS = ("bd.lan", "nv.hoa", "nv.son", "nv.mai")
"""A clerk, an officer, a head of division (who sees the officers' tasks too) and a records clerk."""

REPEATS = 10
PAGE, NEXT_PAGE, OVERDUE = "work list, first page", "work list, second page", "work list, overdue"
COUNTS = "work list, counts of the tabs"
SEARCHED_LIST, SEARCHED = "work list searched by name", "dossiers searched by name"
AIMS = dict.fromkeys((PAGE, NEXT_PAGE, OVERDUE, COUNTS, SEARCHED_LIST, SEARCHED), "< 30")
"""Milliseconds (p95)."""


def measure(office: Office, number: int, walked: int) -> None:
    """The same completions before and after `number` dossiers were loaded, then lists and searches among them."""
    before = _completions(office, walked)
    fill(office, number)
    after = _completions(office, walked)
    rows = []
    for way in completions.WAYS:
        small, large = p50(before.all(way)), p50(after.all(way))
        floors = p50(before.all(completions.FLOOR)), p50(after.all(completions.FLOOR))
        rows.append([way, small, large, f"{(large / small - 1) * 100:+.0f} %", small / floors[0], large / floors[1]])
    heads = ["p50 ms", "few dossiers", f"{number} more", "change", "× floor, few", "× floor, many"]
    show_table("Completions, few dossiers and many", heads, rows)
    with office.sessions() as session:
        there = session.scalar(select(func.count()).select_from(Dossier))
    measure_lists(office, f"Work list and search among {there} dossiers")


def _completions(office: Office, walked: int) -> completions.Measured:
    mine, theirs = receive(office, walked + 1), receive(office, walked + 1)
    floor_url = office.copy(f"{office.database}_floor")
    with web_server(office, 1) as port:
        return completions.measure(office, floor_url, port, mine, theirs)


def measure_lists(office: Office, title: str) -> None:
    """Pages of the work list, its tabs' counts, and searches by name, for every kind of reader."""
    rows = []
    with office.sessions() as session:
        for name, reads in _reads(session, [acting(session, username) for username in READERS]).items():
            times: list[float] = []
            for read in [*reads, *reads * REPEATS]:
                timed(times, read)
                session.expunge_all()
            times = times[len(reads) :]
            rows.append([name, p50(times), p95(times), max(times), AIMS.get(name, "-"), len(times)])
    show_table(title, ["", "p50 ms", "p95 ms", "slowest", "aim (p95)", "n"], rows)


def _reads(session: Session, actors: list[Actor]) -> dict[str, list[Callable[[], object]]]:
    def page(actor: Actor, **options: Any) -> Callable[[], object]:
        return lambda: work_list(session, actor, now(), **options)

    asked = [(actor, text) for actor in actors for text in QUERIES]
    return {
        PAGE: [page(actor) for actor in actors],
        NEXT_PAGE: [page(actor, after=work_list(session, actor, now()).next) for actor in actors],
        OVERDUE: [page(actor, tab=WorkListTab.OVERDUE) for actor in actors],
        COUNTS: [partial(counts, session, actor, now()) for actor in actors],
        SEARCHED_LIST: [page(actor, search=text) for actor, text in asked],
        SEARCHED: [partial(search_dossiers, session, actor, text) for actor, text in asked],
    }
