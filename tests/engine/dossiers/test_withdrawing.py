"""Withdrawing a dossier: the clock stands still, the applicant is told, and money goes back where the rule says so."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from engine.catalogue.operations import publish
from engine.dossiers.models import Charge, DossierState, EventKind
from engine.dossiers.operations import fire_due_timers, request_withdrawal
from engine.dossiers.queries import events_of, refunds_of
from engine.dossiers.reception import Reception
from engine.dossiers.refusals import NotWithdrawnHere, Required
from engine.settings import PROJECT
from tests.engine.dossiers.conftest import APPLICANT

MONDAY = "2026-03-09 08:30"
CARD = {"case": "new", "card_type": "domestic", "health_certificate_on": "2026-02-15", "photos": 2}


def withdraw(office, dossier, now):
    request_withdrawal(office.session, office.actor("bd.lan", now), now, dossier.id, "Không còn nhu cầu")


def told(office, dossier):
    """What the applicant is to be told, in the order in which it happened."""
    office.session.flush()
    jobs = text(
        "SELECT args->>'template' FROM procrastinate_jobs WHERE task_name = 'notify_applicant'"
        " AND args->>'dossier_id' = :dossier ORDER BY id"
    )
    return list(office.session.scalars(jobs, {"dossier": str(dossier.id)}))


def kinds(office, dossier):
    return [event.kind for event in events_of(office.session, dossier.id)]


def test_the_clock_stands_still_until_the_agency_has_confirmed(office, moment):
    dossier = office.examine(moment(MONDAY))
    asked = moment("2026-03-11 10:00")
    withdraw(office, dossier, asked)
    assert (dossier.state, dossier.suspended_at) == (DossierState.WITHDRAWAL_REQUESTED, asked)
    office.session.flush()
    assert EventKind.CLOCK_STOPPED in kinds(office, dossier)
    office.do(dossier, "confirm_withdrawal", "nv.son", moment("2026-03-25 09:00"), {"papers_returned": True})
    assert (dossier.state, dossier.suspended_at) == (DossierState.STOPPED, None)


def test_only_the_counter_and_the_centre_write_down_that_the_applicant_withdraws(office, moment):
    now = moment(MONDAY)
    dossier = office.examine(now)
    for username in ("nv.hoa", "nv.son", "quantri"):
        with pytest.raises(NotWithdrawnHere):
            request_withdrawal(office.session, office.actor(username, now), now, dossier.id, "Không còn nhu cầu")
    assert dossier.state != DossierState.WITHDRAWAL_REQUESTED
    request_withdrawal(office.session, office.actor("tt.minh", now), now, dossier.id, "Không còn nhu cầu")
    assert dossier.state == DossierState.WITHDRAWAL_REQUESTED


def test_a_withdrawal_without_a_reason_is_not_written_down(office, moment):
    now = moment(MONDAY)
    dossier = office.examine(now)
    with pytest.raises(Required):
        request_withdrawal(office.session, office.actor("bd.lan", now), now, dossier.id, "  ")
    assert dossier.state != DossierState.WITHDRAWAL_REQUESTED


def test_a_clock_that_stands_still_for_papers_goes_on_standing(office, moment):
    dossier = office.examine(moment(MONDAY))
    asked = moment("2026-03-10 09:00")
    office.ask_for_papers(dossier, asked)
    withdraw(office, dossier, moment("2026-03-11 10:00"))
    assert dossier.suspended_at == asked
    office.session.flush()
    assert kinds(office, dossier).count(EventKind.CLOCK_STOPPED) == 1


def test_the_applicant_is_told_that_papers_are_asked_for_and_that_the_dossier_was_stopped(office, moment):
    dossier = office.examine(moment(MONDAY))
    asked = moment("2026-03-10 09:00")
    office.ask_for_papers(dossier, asked)
    assert told(office, dossier) == ["supplement_requested"]
    withdraw(office, dossier, moment("2026-03-11 10:00"))
    office.do(dossier, "confirm_withdrawal", "nv.son", moment("2026-03-11 14:00"), {"papers_returned": True})
    assert told(office, dossier) == ["supplement_requested", "withdrawn"]


def test_the_applicant_is_told_once_that_papers_did_not_come_in_time(office, moment):
    dossier = office.examine(moment(MONDAY))
    asked = moment("2026-03-10 09:00")
    office.ask_for_papers(dossier, asked)
    assert fire_due_timers(office.session, moment("2026-04-10 09:00"), dossier.id)
    assert dossier.state == DossierState.STOPPED
    assert told(office, dossier) == ["supplement_requested", "supplement_expired"]


@pytest.mark.parametrize(("refund", "given_back"), [("none", False), ("full", True)])
def test_fees_go_back_only_where_the_procedure_says_so(office, moment, tmp_path, refund, given_back):
    now = moment(MONDAY)
    publish_with_refund(office, now, tmp_path, refund)
    dossier = office.receive(now, card_reception())
    office.do(dossier, "collect_payment", "bd.lan", now, {"method": "cash", "receipt_number": "PVH-0101"})
    withdraw(office, dossier, now)
    later = moment("2026-03-09 14:00")
    office.do(dossier, "confirm_withdrawal", "vh.binh", later, {"papers_returned": True})
    office.session.flush()
    went_back = [(refund.amount, refund.refunded_at) for refund in refunds_of(office.session, dossier.id)]
    assert went_back == ([(650_000, later)] if given_back else [])
    refunds = [event.details for event in events_of(office.session, dossier.id) if event.kind == EventKind.REFUNDED]
    assert refunds == ([{"amount": 650000, "receipt": "PVH-0101"}] if given_back else [])


def test_nothing_goes_back_to_somebody_who_was_exempt(office, moment, tmp_path):
    now = moment(MONDAY)
    publish_with_refund(office, now, tmp_path, "full")
    dossier = office.receive(now, replace(card_reception(), fee_exempt=True))
    withdraw(office, dossier, now)
    office.do(dossier, "confirm_withdrawal", "vh.binh", now, {"papers_returned": True})
    assert office.session.scalars(select(Charge.amount).where(Charge.dossier_id == dossier.id)).one() == 650000
    assert refunds_of(office.session, dossier.id) == []


def card_reception():
    person = replace(
        APPLICANT,
        kind="person",
        full_name="Hoàng Thị Thơm",
        identity_kind="citizen_id",
        identity_number="020185001234",
    )
    return Reception(procedure_code="1.004623", applicant=person, facts=CARD)


def publish_with_refund(office, now, folder, refund):
    """The card's procedure with its rule about fees changed."""
    shutil.copytree(PROJECT / "processes" / "shared", folder / "shared")
    own = folder / "culture" / "tour_guide_card"
    shutil.copytree(PROJECT / "processes" / "culture" / "tour_guide_card", own)
    diagram = own / "procedure.bpmn"
    rule = 'name="withdrawal_refund" value="{}"'
    drawn = diagram.read_text(encoding="utf-8")
    assert rule.format("none") in drawn
    diagram.write_text(drawn.replace(rule.format("none"), rule.format(refund)), encoding="utf-8")
    (report,) = publish(office.session, now, folder).procedures
    assert report.outcome in ("published", "unchanged"), report.findings
