"""What a person may know of: the counter its assigned bodies, an agency its own dossiers, the centre everything."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.demonstration.people import PEOPLE
from engine.dossiers.models import Dossier, EventKind
from engine.dossiers.queries import dossier_by_number, dossier_for, events_of, tasks_of, track
from engine.dossiers.queues import WorkListTab
from engine.dossiers.reach import visible_to
from engine.dossiers.refusals import UnknownDossier
from engine.dossiers.rules import may_see
from engine.dossiers.standing import overview
from engine.dossiers.visibility import sees_drafts
from engine.dossiers.work_list import WrongCursor, counts, work_list
from engine.organisation.actors import Actor

MORNING = "2026-03-10 09:40"


@pytest.mark.parametrize(
    ("username", "sees"),
    [("bd.hung", True), ("tt.minh", True), ("quantri", True), ("nv.dung", True), ("nv.thang", True)]
    + [("vh.huong", False), ("bq.khanh", False), ("thietke", False), ("ub.viet", False)],
)
def test_only_the_counter_the_centre_and_the_deciding_agency_know_of_a_dossier(office, moment, username, sees):
    now = moment(MORNING)
    dossier = office.examine(now)
    actor = office.actor(username, now)
    if sees:
        assert dossier_for(office.session, actor, dossier.id) is dossier
        assert dossier_by_number(office.session, actor, dossier.number) is dossier
    else:
        for attempt in (
            lambda: dossier_for(office.session, actor, dossier.id),
            lambda: dossier_by_number(office.session, actor, dossier.number),
        ):
            with pytest.raises(UnknownDossier):
                attempt()


def test_the_rule_and_the_query_agree_for_every_person(office, moment):
    now = moment(MORNING)
    dossiers = [office.examine(now), office.receive(now)]
    office.session.flush()
    for person in PEOPLE:
        actor = office.actor(person.username, now)
        listed = set(office.session.scalars(visible_to(actor, select(Dossier.id))))
        allowed = {d.id for d in dossiers if may_see(actor, d, tasks_of(office.session, d.id))}
        assert listed == allowed, person.username


def test_a_clerk_loses_sight_of_an_agency_that_is_no_longer_assigned_to_the_post(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    actor = office.actor("bd.lan", now)
    actor.counters = dict.fromkeys(actor.counters, frozenset())
    with pytest.raises(UnknownDossier):
        dossier_for(office.session, actor, dossier.id)
    assert work_list(office.session, actor, now).rows == ()


def test_the_work_list_offers_a_task_to_its_role_and_unit_only(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.session.flush()

    def listed(username: str) -> list[str]:
        rows = work_list(office.session, office.actor(username, now), now).rows
        return [row.name for row in rows if row.dossier_id == dossier.id]

    assert listed("nv.hoa") == ["Thụ lý hồ sơ"]
    assert listed("nv.dung") == []
    assert listed("nv.son") == ["Thụ lý hồ sơ"]
    assert listed("bd.lan") == []
    assert listed("vh.huong") == []


def test_the_work_list_is_sorted_by_what_falls_due_first_and_paged_without_gaps(office, moment):
    for hour in range(8, 12):
        office.receive(moment(f"2026-03-10 {hour:02d}:10"))
    now = moment("2026-03-10 14:00")
    clerk = office.actor("bd.lan", now)
    whole = work_list(office.session, clerk, now).rows
    assert len(whole) == 4
    seen, cursor = [], None
    while True:
        page = work_list(office.session, clerk, now, after=cursor, size=1)
        seen += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(whole)
    assert [row.step_due_at for row in whole] == sorted(row.step_due_at for row in whole)
    with pytest.raises(WrongCursor):
        work_list(office.session, clerk, now, after="không-phải-dấu-trang")


def test_the_work_list_finds_by_number_and_by_name_without_accents(office, moment):
    now = moment(MORNING)
    dossier = office.receive(now)
    clerk = office.actor("bd.lan", now)
    for search in (dossier.number, "dong dang", "ĐỒNG ĐĂNG", "co khi"):
        assert [row.dossier_id for row in work_list(office.session, clerk, now, search=search).rows] == [dossier.id]
    assert work_list(office.session, clerk, now, search="bac son").rows == ()
    assert work_list(office.session, clerk, now, search="%").rows == ()


def test_the_tabs_split_the_list_by_holder_and_by_time(office, moment):
    now = moment(MORNING)
    office.examine(now)
    officer = office.actor("nv.hoa", now)
    late = moment("2026-03-20 09:00")

    def number(tab: WorkListTab, at_moment=now) -> int:
        return len(work_list(office.session, officer, at_moment, tab=tab).rows)

    assert (number(WorkListTab.MINE), number(WorkListTab.UNCLAIMED)) == (1, 0)
    assert (number(WorkListTab.OVERDUE), number(WorkListTab.OVERDUE, late)) == (0, 1)


def test_each_tab_counts_what_it_lists_but_not_further_than_a_person_would_read(office, moment, monkeypatch):
    now = moment(MORNING)
    for _ in range(3):
        office.examine(now)
    office.session.flush()
    for username in ("nv.hoa", "nv.son", "bd.lan", "thietke"):
        person = office.actor(username, now)
        listed = {tab: len(work_list(office.session, person, now, tab=tab).rows) for tab in WorkListTab}
        assert counts(office.session, person, now) == listed, username
    monkeypatch.setattr("engine.dossiers.work_list.MOST_COUNTED", 1)
    assert counts(office.session, office.actor("nv.hoa", now), now)[WorkListTab.MINE] == 2


def test_public_tracking_needs_the_number_and_the_code_on_the_receipt(office, moment):
    dossier = office.receive(moment(MORNING))
    office.session.flush()
    assert track(office.session, dossier.number.lower(), dossier.lookup_code.lower()) is dossier
    for number, code in ((dossier.number, "WRONG1"), ("H37.15-000000-0000", dossier.lookup_code)):
        with pytest.raises(UnknownDossier):
            track(office.session, number, code)


def test_a_manager_sees_the_counts_of_every_agency_and_an_officer_the_own(office, moment):
    now, later = moment(MORNING), moment("2026-03-30 09:00")
    office.examine(now)
    office.session.flush()
    for username, expected in (("tt.minh", ["NV"]), ("nv.hoa", ["NV"]), ("vh.huong", [])):
        rows = overview(office.session, office.actor(username, later), later, later)
        assert [row.unit.code for row in rows] == expected
    assert rows == []
    [standing] = overview(office.session, office.actor("tt.minh", later), later, later)
    assert (standing.overdue, sum(standing.by_state.values())) == (1, 1)


def test_a_role_in_one_agency_opens_no_drafts_of_another(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    manager = office.actor("tt.minh", now)
    for username, sees in (("ub.viet", False), ("nv.hoa", True)):
        other = office.actor(username, now)
        both = Actor(manager.person, manager.memberships | other.memberships, {})
        assert dossier_for(office.session, both, dossier.id) is dossier
        assert sees_drafts(office.session, both, dossier) is sees


def test_the_log_that_the_counter_reads_holds_no_reasons_of_the_agency(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    answers = {"decision": "refuse", "inspection_valid": False, "reason": "Nghi giả mạo, cần xác minh nội bộ"}
    office.do(dossier, "examine", "nv.hoa", now, answers)
    office.session.flush()
    assert "Nghi giả mạo" not in " ".join(str(event.details) for event in events_of(office.session, dossier.id))


def test_a_long_log_loses_its_oldest_events_and_never_the_newest(office, moment):
    now = moment(MORNING)
    dossier = office.examine(now)
    office.session.flush()
    log = events_of(office.session, dossier.id)
    assert events_of(office.session, dossier.id, size=3) == log[-3:]
    kinds = {event.kind for event in events_of(office.session, dossier.id, without={EventKind.PASSED})}
    assert kinds == {event.kind for event in log} - {EventKind.PASSED}
