"""The reorganisation of 1 March 2025: an open dossier goes on under the successor, and nobody has to notice."""

from __future__ import annotations

import pytest

from engine.dossiers.models import EventKind
from engine.dossiers.queries import dossier_for, events_of, tasks_of
from engine.dossiers.standing import without_owner
from engine.dossiers.succession import continue_under_successor, orphaned_dossiers
from engine.dossiers.work_list import work_list
from engine.organisation.queries import person_by_username

LAST_WEEK, AFTER = "2025-02-27 09:00", "2025-03-03 08:00"


def test_an_open_dossier_of_an_ended_body_passes_to_its_successor_with_its_tasks(office, moment):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    office.do(dossier, "give", "bd.lan", before, {"packets": 1})
    office.session.flush()
    assert orphaned_dossiers(office.session, before) == []
    assert orphaned_dossiers(office.session, after) == [dossier.id]
    assert [row.number for row in without_owner(office.session, after)] == [dossier.number]

    continue_under_successor(office.session, after, dossier.id)
    office.session.flush()
    assert without_owner(office.session, after) == []
    assert dossier.deciding_unit.code == "NV"
    assert [row.name for row in work_list(office.session, office.actor("nv.mai", after), after).rows] == [
        "Nhận hồ sơ từ quầy"
    ]
    last = events_of(office.session, dossier.id)[-1]
    assert last.kind == EventKind.UNIT_SUCCEEDED
    assert last.details == {"before": "Sở Lao động - Thương binh và Xã hội", "after": "Sở Nội vụ"}


def test_passing_it_on_twice_changes_nothing(office, moment):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    office.session.flush()
    for _ in range(2):
        continue_under_successor(office.session, after, dossier.id)
        office.session.flush()
    kinds = [event.kind for event in events_of(office.session, dossier.id)]
    assert kinds.count(EventKind.UNIT_SUCCEEDED) == 1


@pytest.mark.parametrize(("holder", "kept"), [("nv.mai", True), ("nv.hoa", False)])
def test_a_taken_task_stays_with_whoever_holds_its_role_in_the_successor_else_it_waits(office, moment, holder, kept):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    office.do(dossier, "give", "bd.lan", before, {"packets": 1})
    (task,) = [each for each in tasks_of(office.session, dossier.id) if each.element_id == "take"]
    task.claimed_by, task.claimed_at = person_by_username(office.session, holder), before
    office.session.flush()
    continue_under_successor(office.session, after, dossier.id)
    office.session.flush()
    assert without_owner(office.session, after) == []
    assert (task.claimed_by is not None) is kept
    gone = [event.details for event in events_of(office.session, dossier.id) if event.kind == EventKind.HOLDER_GONE]
    assert [(each["person"], each["unit"]) for each in gone] == ([] if kept else [("Triệu Thị Hòa", "Sở Nội vụ")])


def test_the_dossier_walks_on_to_its_end_and_keeps_its_number(office, moment):
    before, after = moment(LAST_WEEK), moment(AFTER)
    dossier = office.receive(before)
    number = dossier.number
    office.do(dossier, "give", "bd.lan", before, {"packets": 1})
    office.session.flush()
    continue_under_successor(office.session, after, dossier.id)
    office.session.flush()
    office.do(dossier, "take", "nv.mai", after, {"accepted": True})
    office.do(dossier, "assign", "nv.son", after, {"officer": "nv.hoa"})
    office.return_result(dossier, after)
    assert dossier.closed_at is not None
    assert dossier.number == number
    assert dossier_for(office.session, office.actor("bd.lan", after), dossier.id) is dossier
