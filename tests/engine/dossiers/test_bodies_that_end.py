"""The reorganisation of 1 March 2025: an open dossier goes on under the successor, and nobody has to notice."""

from __future__ import annotations

from engine.dossiers.models import EventKind
from engine.dossiers.queries import dossier_for, events_of
from engine.dossiers.standing import without_owner
from engine.dossiers.succession import continue_under_successor, orphaned_dossiers
from engine.dossiers.work_list import work_list

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
