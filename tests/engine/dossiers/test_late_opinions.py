"""A consulted agency that speaks after its limit: what it says is stored, its silence stays counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from engine.dossiers.models import Dossier, EventKind
from engine.dossiers.operations import fire_due_timers, give_late_opinion
from engine.dossiers.queries import events_of, open_tasks, opinions_of
from engine.dossiers.refusals import NoOpinionOwed, Required, UnknownDossier
from tests.engine.dossiers.conftest import DECLARATION, Office

MONDAY = "2026-03-09 08:00"
AFTER_THE_LIMIT = "2026-03-25 08:00"
PROJECT = {
    "project_name": "Kho ngoại quan Tân Thanh",
    "location": "Khu kinh tế cửa khẩu Đồng Đăng - Lạng Sơn",
    "area": 4.5,
    "capital": 120_000_000_000,
    "duration_years": 50,
    "foreign_investor": False,
    "land_requested": True,
    "technology_opinion": False,
    "objective": "Kho ngoại quan và bãi xe",
}
SAID = "Đề nghị bổ sung phương án phòng cháy"


def consult(office: Office, now: datetime, answered: datetime | None = None) -> Dossier:
    """A dossier on which the police and the department of construction were asked; only the latter has answered."""
    dossier = office.receive(now, replace(DECLARATION, procedure_code="1.009748", facts=PROJECT))
    office.do(dossier, "give", "bd.lan", now, {"packets": 1})
    office.do(dossier, "take", "bq.yen", now, {"accepted": True})
    office.do(dossier, "assign", "bq.hai", now, {"officer": "bq.thuy"})
    office.do(dossier, "check_dossier", "bq.thuy", now, {"decision": "consult", "consulted": ["XD", "CA"]})
    task = next(task for task in open_tasks(office.session, dossier.id) if task.unit.code == "XD")
    office.complete(task, "xd.kien", answered or now, {"opinion": "agree", "document_number": "21/XD"})
    return dossier


@pytest.fixture
def consulted(office: Office, moment) -> Dossier:
    return consult(office, moment(MONDAY))


@pytest.fixture
def silent(office: Office, moment, consulted: Dossier) -> Dossier:
    """The same when the limit of the police has passed."""
    fire_due_timers(office.session, moment(AFTER_THE_LIMIT), consulted.id)
    return consulted


def test_a_late_opinion_is_stored_beside_the_silence_that_was_counted(office, moment, silent):
    now = moment(AFTER_THE_LIMIT)
    before = [(task.element_id, task.id) for task in open_tasks(office.session, silent.id)]
    give_late_opinion(office.session, office.actor("ca.hieu", now), now, silent.id, f"  {SAID} ")
    (row,) = (row for row in opinions_of(office.session, silent.id) if row.verdict == "silence")
    assert (row.late, row.content, row.answered_at) == (True, SAID, now)
    assert [(task.element_id, task.id) for task in open_tasks(office.session, silent.id)] == before
    last = events_of(office.session, silent.id)[-1]
    assert (last.kind, last.details) == (EventKind.OPINION_LATE, {"agency": "Công an tỉnh Lạng Sơn"})


def test_it_is_given_once(office, moment, silent):
    now = moment(AFTER_THE_LIMIT)
    officer = office.actor("ca.hieu", now)
    give_late_opinion(office.session, officer, now, silent.id, SAID)
    with pytest.raises(NoOpinionOwed):
        give_late_opinion(office.session, officer, now, silent.id, "Ý kiến khác")


def test_while_the_limit_runs_the_task_is_the_place_for_it(office, moment, consulted):
    now = moment(MONDAY)
    with pytest.raises(NoOpinionOwed):
        give_late_opinion(office.session, office.actor("ca.hieu", now), now, consulted.id, SAID)


@pytest.mark.parametrize("username", ["bq.thuy", "xd.kien"])
def test_who_has_answered_or_was_not_asked_owes_nothing(office, moment, silent, username):
    now = moment(AFTER_THE_LIMIT)
    with pytest.raises(NoOpinionOwed):
        give_late_opinion(office.session, office.actor(username, now), now, silent.id, SAID)


def test_a_stranger_does_not_learn_that_there_is_such_a_dossier(office, moment, silent):
    now = moment(AFTER_THE_LIMIT)
    with pytest.raises(UnknownDossier):
        give_late_opinion(office.session, office.actor("vh.binh", now), now, silent.id, SAID)


def test_an_empty_opinion_is_none(office, moment, silent):
    now = moment(AFTER_THE_LIMIT)
    with pytest.raises(Required):
        give_late_opinion(office.session, office.actor("ca.hieu", now), now, silent.id, " ")
    assert not any(row.late for row in opinions_of(office.session, silent.id))
