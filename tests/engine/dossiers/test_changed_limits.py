"""A province changes a legal period in a table: dossiers received afterwards go by it, all others keep theirs."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from engine.catalogue.operations import publish
from engine.dossiers.models import DossierState
from engine.dossiers.operations import fire_due_timers, receive_dossier
from engine.dossiers.queries import waits_of
from engine.settings import PROJECT

ASKED = "2026-03-12 10:00"


@pytest.fixture
def ten_days_instead_of_thirty(tmp_path):
    """The processes with another period for both kinds of completing, in the shared table and nowhere else."""
    processes = tmp_path / "processes"
    shutil.copytree(PROJECT / "processes", processes)
    table = processes / "shared/limits.dmn"
    written = table.read_text(encoding="utf-8")
    assert written.count("<text>30</text>") == 2
    table.write_text(written.replace("<text>30</text>", "<text>10</text>"), encoding="utf-8")
    return processes


def ask(office, dossier, now):
    """Ask the applicant for papers, and say until when they may be brought."""
    office.ask_for_papers(dossier, now)
    return last_day(office, dossier, "receive_supplement")


def last_day(office, dossier, element_id):
    office.session.flush()
    (wait,) = [wait for wait in waits_of(office.session, dossier.id) if wait.attached_to == element_id]
    return wait.due_at


def test_a_dossier_received_before_the_change_keeps_the_period_it_was_received_under(
    office, moment, ten_days_instead_of_thirty
):
    before = office.examine(moment("2026-03-09 08:30"))
    publish(office.session, moment("2026-03-10 08:00"), ten_days_instead_of_thirty)
    after = office.examine(moment("2026-03-10 08:30"))
    assert ask(office, before, moment(ASKED)) == moment("2026-04-13 17:00")
    assert ask(office, after, moment(ASKED)) == moment("2026-03-23 17:00")
    assert fire_due_timers(office.session, moment("2026-03-23 17:00"), after.id)
    assert not fire_due_timers(office.session, moment("2026-03-23 17:00"), before.id)
    assert (after.state, before.state) == (DossierState.STOPPED, DossierState.SUPPLEMENT_WAIT)


def test_a_day_already_told_to_an_applicant_never_moves(office, moment, ten_days_instead_of_thirty):
    now = moment("2026-03-09 08:30")
    reception = replace(
        office.complete_reception(now), components=(), decision="supplement", reason="Thiếu phiếu khai báo"
    )
    dossier = receive_dossier(office.session, office.actor("bd.lan", now), now, reception)
    told = last_day(office, dossier, "receive_completed_dossier")
    publish(office.session, moment("2026-03-10 08:00"), ten_days_instead_of_thirty)
    assert last_day(office, dossier, "receive_completed_dossier") == told == moment("2026-04-08 17:00")
