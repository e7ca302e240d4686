"""Looking for a name or a number: everybody finds exactly what they may know of, however far the search has to go."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from engine.dossiers import search, work_list
from engine.dossiers.models import Dossier, DossierState, Task, TaskState
from engine.dossiers.reach import newest_asked, newest_within, reach_of, visible_to
from engine.dossiers.search import search_dossiers
from engine.identities import fold, words_of
from engine.organisation.models import Role
from engine.organisation.queries import unit_by_code
from tests.engine.dossiers.conftest import APPLICANT, DECLARATION, Office

NAMES = ("Nguyễn Thị Lan", "Nông Văn Lạng", "Nguyễn Đức Minh", "Bế Ngọc Oanh", "Nguyễn Văn Lương", "Công ty Lan Anh")
TEXTS = ("nguyen", "NGUYỄN", "lan", "van l", "ngoc be", "minh", "khong ai", "%", "v", "")
REACHES = [(1, 0, 1, 1), (1, 0, 1, 2), (1, 9, 100, 1), (1, 9, 1, 2), (100, 3, 100, 100)]
"""How far a search looks: at once further than near, in steps, through the index of names, or not at all further."""

SEARCHERS = ("bd.lan", "tt.minh", "nv.son", "nv.hoa", "vh.binh", "ub.nam", "thietke")
"""A clerk, the manager, heads and officers of three bodies, and a designer, who may know of none."""

AT = "2026-03-10 09:40"
COPY = replace(
    DECLARATION,
    procedure_code="2.000908",
    deciding_unit="VHTTDL",
    facts={"register_kind": "licence", "document_name": "Giấy phép lữ hành", "issued_year": 2018, "copies": 2},
)
"""A copy from the register, asked of another body than the declarations."""


@pytest.fixture
def filled(office: Office, moment) -> Office:
    """Dossiers of two bodies under six names, some examined, one finished, one on which a third body is asked."""
    now = moment(AT)
    for place, name in enumerate(NAMES * 2):
        reception = replace((DECLARATION, DECLARATION, COPY)[place % 3], applicant=replace(APPLICANT, full_name=name))
        (office.examine if place % 3 == 1 else office.receive)(now, reception)
    office.return_result(office.examine(now), now)
    asked = office.session.scalars(
        select(Task).where(Task.element_id == "examine", Task.state == TaskState.OPEN)
    ).first()
    asked.unit = unit_by_code(office.session, "UBND")
    office.session.flush()
    office.session.expire_all()
    return office


def bears(name: str, text: str) -> bool:
    """Whether every word of `text` begins a word of the name; a text of no words asks for nothing in particular."""
    wanted, borne = (re.findall(r"\w+", fold(each)) for each in (text, name))
    return all(any(word.startswith(begin) for word in borne) for begin in wanted) if wanted or not text else False


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_the_database_splits_names_into_the_words_that_are_asked_for(published: Session, name: str) -> None:
    words = words_of(fold(name))
    beginnings = {word[:size] for word in words for size in range(1, len(word) + 1)}
    assert set(published.scalar(select(func.word_beginnings(fold(name))))) == beginnings


@pytest.mark.parametrize(("near", "common", "few", "far"), REACHES)
def test_everybody_finds_all_that_they_may_know_of_by_name_newest_first(
    filled, moment, monkeypatch, near, common, few, far
):
    for name, number in (("NEAR", near), ("COMMON", common), ("FEW", few), ("FAR", far)):
        monkeypatch.setattr(search, name, number)
    for username in SEARCHERS:
        actor = filled.actor(username, moment(AT))
        known = filled.session.scalars(visible_to(actor, select(Dossier).order_by(Dossier.id.desc()))).all()
        for text in TEXTS:
            expected = [dossier.id for dossier in known if bears(dossier.applicant_name, text)]
            found, after = [], None
            for _ in range(len(expected) + 1):
                page = search_dossiers(filled.session, actor, text, after=after, size=2)
                found, after = [*found, *(dossier.id for dossier in page.rows)], page.next
                if after is None:
                    break
            assert found == expected, (username, text)


@pytest.mark.parametrize("near", [1, 1_500])
def test_a_search_is_narrowed_by_state_and_agency_and_finds_numbers_by_their_beginning(
    filled, moment, monkeypatch, near
):
    monkeypatch.setattr(search, "NEAR", near)
    manager = filled.actor("tt.minh", moment(AT))
    everything = search_dossiers(filled.session, manager).rows
    returned = search_dossiers(filled.session, manager, "co khi", state=DossierState.RETURNED).rows
    assert [dossier.applicant_name for dossier in returned] == [APPLICANT.full_name]
    unit = unit_by_code(filled.session, "VHTTDL")
    assert {d.deciding_unit.code for d in search_dossiers(filled.session, manager, deciding_unit=unit).rows} == {
        "VHTTDL"
    }
    oldest = everything[-1]
    assert search_dossiers(filled.session, manager, oldest.number.lower()).rows == [oldest]
    for meant_literally in (f"%{oldest.number}", f"_{oldest.number[1:]}", f"{oldest.number[:-1]}/1"):
        assert search_dossiers(filled.session, manager, meant_literally).rows == []
    agency, _, _ = oldest.number.partition("-")
    assert oldest in search_dossiers(filled.session, manager, agency).rows


def test_the_newest_that_a_person_may_know_of_are_those_of_the_rule(filled, moment):
    for username in SEARCHERS:
        actor = filled.actor(username, moment(AT))
        known = sorted(filled.session.scalars(visible_to(actor, select(Dossier.id))), reverse=True)
        for size in (1, 3, 50):
            for place, before in enumerate([None, *known]):
                reach, values = reach_of(actor)
                continued = before is not None
                ways = newest_within(reach, [Dossier.id], continued=continued)
                ways += newest_asked(reach, [Dossier.id], literal(0), continued=continued)
                asked = {**values, "reach": size, "before": before}
                newest = {id for way in ways for id in filled.session.scalars(select(way.c.id), asked)}
                assert sorted(newest, reverse=True)[:size] == known[place : place + size], username


@pytest.mark.parametrize(
    ("near", "common", "few", "far"), [(1, 0, 1, 1), (1, 0, 9, 2), (1, 9, 2, 1), (1, 9, 100, 1), (100, 3, 100, 100)]
)
def test_a_work_list_searched_by_name_shows_its_tasks_under_that_name_most_urgent_first(
    filled, moment, monkeypatch, near, common, few, far
):
    for name, number in (("NEAR", near), ("COMMON", common), ("FEW", few), ("FAR", far)):
        monkeypatch.setattr(work_list, name, number)
    for username in SEARCHERS:
        actor = filled.actor(username, moment(AT))
        whole = work_list.work_list(filled.session, actor, moment(AT)).rows
        for text in TEXTS:
            expected = [row.task_id for row in whole if bears(row.applicant_name, text)]
            found, cursor = [], None
            for _ in range(len(expected) + 1):
                page = work_list.work_list(filled.session, actor, moment(AT), search=text, after=cursor, size=2)
                found, cursor = [*found, *(row.task_id for row in page.rows)], page.next
                if cursor is None:
                    break
            assert found == expected, (username, text)


@pytest.mark.parametrize("near", [1, 100])
def test_a_dossier_without_a_number_is_found_in_the_work_list_by_the_reference_that_it_is_listed_by(
    filled, moment, monkeypatch, near
):
    monkeypatch.setattr(work_list, "NEAR", near)
    dossier = filled.session.scalars(select(Dossier).join(Task).where(Task.state == TaskState.OPEN)).first()
    (officer, task_id) = next(
        (actor, row.task_id)
        for actor in (filled.actor(username, moment(AT)) for username in SEARCHERS)
        for row in work_list.work_list(filled.session, actor, moment(AT)).rows
        if row.dossier_id == dossier.id
    )
    dossier.number = dossier.received_at = None
    filled.session.flush()
    for text in (dossier.reference, f" {dossier.reference.lower()} "):
        (row,) = work_list.work_list(filled.session, officer, moment(AT), search=text).rows
        assert (row.task_id, row.number) == (task_id, dossier.reference)
    assert not work_list.work_list(filled.session, officer, moment(AT), search=dossier.reference[:-1]).rows


OTHER, LAN = "Bế Ngọc Oanh", "Nguyễn Thị Lan"


def named(office: Office, moment, reception, *names: str) -> list[Dossier]:
    """Dossiers received one after the other under these names."""
    return [
        office.receive(moment(AT), replace(reception, applicant=replace(APPLICANT, full_name=name))) for name in names
    ]


def open_tasks(office: Office, dossiers: list[Dossier]) -> list[Task]:
    of_these = Task.dossier_id.in_([dossier.id for dossier in dossiers])
    return list(
        office.session.scalars(select(Task).where(Task.state == TaskState.OPEN, of_these).order_by(Task.dossier_id))
    )


def test_what_a_body_was_asked_about_long_ago_does_not_hide_what_it_decides(office, moment, monkeypatch):
    monkeypatch.setattr(search, "NEAR", 3)
    asked = named(office, moment, DECLARATION, LAN, LAN, LAN)
    body = unit_by_code(office.session, "VHTTDL")
    for task in open_tasks(office, asked):
        task.unit = body
    decided, *_ = named(office, moment, COPY, LAN, OTHER, OTHER, OTHER)
    officer = office.actor("vh.binh", moment(AT))
    found = search_dossiers(office.session, officer, "lan", size=2)
    assert list(found.rows) == [decided, asked[2]]
    assert list(search_dossiers(office.session, officer, "lan", size=2, after=found.next).rows) == [asked[1], asked[0]]


def queued(office: Office, moment, dossiers: list[Dossier], *roles: Role) -> list[Task]:
    """The open task of each dossier as one of these roles of the deciding body, each an hour less urgent."""
    tasks = open_tasks(office, dossiers)
    for hours, (task, role) in enumerate(zip(tasks, roles, strict=True)):
        task.unit, task.role = dossiers[0].deciding_unit, role
        task.urgent_at = moment(AT) + timedelta(hours=hours)
    return tasks


def test_a_long_queue_does_not_hide_what_a_short_one_finds(office, moment, monkeypatch):
    monkeypatch.setattr(work_list, "NEAR", 3)
    dossiers = named(office, moment, COPY, OTHER, OTHER, OTHER, LAN, LAN, LAN, LAN)
    tasks = queued(office, moment, dossiers, *[Role.DIVISION_HEAD] * 4, *[Role.OFFICER] * 3)
    head = office.actor("vh.binh", moment(AT))
    found = work_list.work_list(office.session, head, moment(AT), search="lan", size=2)
    assert [row.task_id for row in found.rows] == [tasks[3].id, tasks[4].id]


@pytest.mark.parametrize(("sooner", "later"), [(Role.OFFICER, Role.DIVISION_HEAD), (Role.DIVISION_HEAD, Role.OFFICER)])
def test_of_a_name_that_many_bear_the_most_urgent_of_all_queues_are_shown(office, moment, monkeypatch, sooner, later):
    for name, number in (("NEAR", 1), ("COMMON", 9), ("FEW", 1)):
        monkeypatch.setattr(work_list, name, number)
    dossiers = named(office, moment, COPY, *[LAN] * 7)
    tasks = queued(office, moment, dossiers, *[sooner] * 3, *[later] * 4)
    head = office.actor("vh.binh", moment(AT))
    found = work_list.work_list(office.session, head, moment(AT), search="lan", size=2)
    assert [row.task_id for row in found.rows] == [tasks[0].id, tasks[1].id]
