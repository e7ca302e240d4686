"""Reception at the counter: what the clerk is shown, what is fixed, and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from engine.catalogue.operations import publish
from engine.catalogue.refusals import UnknownProcedure
from engine.dossiers.models import Dossier, DossierState, Event, EventKind, Party
from engine.dossiers.operations import complete_reception, file_dossier, preview_reception, receive_dossier
from engine.dossiers.queries import events_of, open_tasks
from engine.dossiers.reception import HandedIn
from engine.dossiers.refusals import NoCounter, ReceptionRefused, TaskAlreadyDone, WrongValue
from engine.organisation.models import Membership, ReceptionAssignment, Unit
from engine.settings import PROJECT

TUESDAY = "2026-03-10 09:40"


def declaration(office, now):
    return office.complete_reception(now)


def test_the_clerk_sees_papers_limit_and_due_date_before_anything_is_saved(office, moment):
    now = moment(TUESDAY)
    whole = declaration(office, now)
    preview = preview_reception(office.session, office.actor("bd.lan", now), now, replace(whole, components=()))
    assert [part.code for part in preview.missing] == [part.code for part in preview.components if part.required]
    assert str(preview.limit.limit.vi) == "5 ngày làm việc"
    assert preview.due_at == moment("2026-03-17 09:40")
    assert preview.fee_total == 0
    assert office.session.scalar(select(func.count(Dossier.id))) == 0


def test_acceptance_allots_the_number_and_fixes_the_due_date_from_this_minute(office, moment):
    dossier = office.receive(moment(TUESDAY))
    assert dossier.number is not None and dossier.number.endswith("-260310-0001")
    assert dossier.due_at == dossier.original_due_at == moment("2026-03-17 09:40")
    assert dossier.state == DossierState.RECEIVED
    assert [task.element_id for task in open_tasks(office.session, dossier.id)] == ["give"]


def test_serials_run_per_agency_and_day(office, moment):
    first, second = office.receive(moment("2026-03-10 09:00")), office.receive(moment("2026-03-10 10:00"))
    third = office.receive(moment("2026-03-11 08:00"))
    assert [dossier.number[-11:] for dossier in (first, second, third)] == ["260310-0001", "260310-0002", "260311-0001"]


def test_the_successor_of_the_former_agency_decides(office, moment):
    assert office.receive(moment("2025-02-27 09:00")).deciding_unit.code == "LDTBXH"
    assert office.receive(moment("2025-03-03 09:00")).deciding_unit.code == "NV"


def test_every_wrong_field_is_named_at_once_and_nothing_is_stored(office, moment):
    now = moment(TUESDAY)
    whole = declaration(office, now)
    wrong = replace(
        whole,
        applicant=replace(whole.applicant, identity_number="0102595741", phone="12345", full_name=" "),
        components=(HandedIn("photo_of_the_cat", originals=1),),
        facts={**whole.facts, "quantity": "nhiều"},
        return_method="post",
        channel="pigeon",
    )
    with pytest.raises(ReceptionRefused) as refused:
        receive_dossier(office.session, office.actor("bd.lan", now), now, wrong)
    fields = set(refused.value.fields)
    assert {"applicant.identity_number", "applicant.phone", "applicant.full_name", "facts.quantity"} <= fields
    assert {"components.photo_of_the_cat", "components.declaration", "return_address", "channel"} <= fields
    assert all(refusal.message("vi") for refusal in refused.value.fields.values())
    assert office.session.scalar(select(func.count(Party.id))) == 0


def test_a_required_paper_must_be_handed_in_before_acceptance(office, moment):
    now = moment(TUESDAY)
    whole = declaration(office, now)
    with pytest.raises(ReceptionRefused) as refused:
        receive_dossier(
            office.session, office.actor("bd.lan", now), now, replace(whole, components=whole.components[:1])
        )
    assert len(refused.value.fields) == 1


def test_an_unknown_procedure_is_refused_with_what_to_do(office, moment):
    now = moment(TUESDAY)
    with pytest.raises(UnknownProcedure) as refused:
        receive_dossier(
            office.session,
            office.actor("bd.lan", now),
            now,
            replace(declaration(office, now), procedure_code="9.999999"),
        )
    assert "9.999999" in refused.value.message("vi")


def test_an_officer_cannot_receive(office, moment):
    now = moment(TUESDAY)
    whole = declaration(office, now)
    with pytest.raises(NoCounter):
        receive_dossier(office.session, office.actor("nv.hoa", now), now, whole)


def test_guidance_to_complete_needs_a_reason_and_leaves_the_dossier_without_number_or_clock(office, moment):
    now = moment(TUESDAY)
    lacking = replace(declaration(office, now), components=(), decision="supplement")
    clerk = office.actor("bd.lan", now)
    with pytest.raises(ReceptionRefused) as refused:
        receive_dossier(office.session, clerk, now, lacking)
    assert set(refused.value.fields) == {"reason"}
    dossier = receive_dossier(office.session, clerk, now, replace(lacking, reason="Thiếu kết quả kiểm định"))
    assert dossier.state == DossierState.INCOMPLETE
    assert (dossier.number, dossier.due_at) == (None, None)


def test_a_completed_dossier_is_received_in_a_second_visit_and_its_clock_starts_then(office, moment):
    now, later = moment(TUESDAY), moment("2026-03-12 14:00")
    whole = declaration(office, now)
    clerk = office.actor("bd.lan", now)
    lacking = replace(whole, components=whole.components[:1], decision="supplement", reason="Thiếu kết quả kiểm định")
    dossier = receive_dossier(office.session, clerk, now, lacking)
    task = office.task(dossier, "receive_completed_dossier")
    complete_reception(office.session, clerk, later, task.id, whole)
    assert dossier.state == DossierState.RECEIVED
    assert dossier.due_at == moment("2026-03-19 14:00")
    assert {component.supplement for component in dossier.components} == {0, 1}


def test_what_is_filed_online_waits_without_a_number_until_the_clerk_receives_it(office, moment):
    filed, received = moment("2026-03-13 16:30"), moment("2026-03-16 08:30")
    whole = replace(declaration(office, filed), channel="online")
    dossier = file_dossier(office.session, filed, whole)
    assert (dossier.state, dossier.number) == (DossierState.SUBMITTED, None)
    task = office.task(dossier, "receive_dossier")
    complete_reception(office.session, office.actor("bd.hung", received), received, task.id, whole)
    assert dossier.due_at == moment("2026-03-23 08:30")
    with pytest.raises(TaskAlreadyDone) as refused:
        complete_reception(office.session, office.actor("bd.lan", received), received, task.id, whole)
    assert "Nông Văn Hùng" in refused.value.message("vi")


def test_what_was_filed_under_one_procedure_is_not_received_under_another(office, moment):
    now = moment("2026-03-16 08:30")
    dossier = file_dossier(office.session, now, replace(declaration(office, now), channel="online"))
    task = office.task(dossier, "receive_dossier")
    other = replace(declaration(office, now), procedure_code="1.004623", components=())
    with pytest.raises(WrongValue) as refused:
        complete_reception(office.session, office.actor("bd.lan", now), now, task.id, other)
    assert "1.004623" in refused.value.message("vi")


def publish_with_another_paper(session, now, folder):
    """A new version of the declaration's procedure, whose form for it has another code."""
    shutil.copytree(PROJECT / "processes" / "shared", folder / "shared")
    own = folder / "labour" / "safety_declaration"
    shutil.copytree(PROJECT / "processes" / "labour" / "safety_declaration", own)
    table = own / "components.dmn"
    table.write_text(table.read_text(encoding="utf-8").replace('"declaration"', '"new_form"'), encoding="utf-8")
    (report,) = publish(session, now, folder).procedures
    assert report.outcome == "published", report.findings


def test_what_is_filed_online_is_received_by_the_version_that_it_was_filed_under(office, moment, tmp_path):
    filed, received = moment("2026-03-13 16:30"), moment("2026-03-16 08:30")
    whole = replace(declaration(office, filed), channel="online")
    dossier = file_dossier(office.session, filed, whole)
    publish_with_another_paper(office.session, filed, tmp_path)
    assert "new_form" in [part.code for part in declaration(office, received).components]
    task, clerk = office.task(dossier, "receive_dossier"), office.actor("bd.lan", received)
    shown = preview_reception(office.session, clerk, received, whole, dossier)
    assert (shown.version.number, shown.missing) == (1, ())
    complete_reception(office.session, clerk, received, task.id, replace(whole, channel="counter"))
    assert (dossier.state, dossier.version.number) == (DossierState.RECEIVED, 1)


def test_what_was_filed_for_one_agency_is_not_received_for_another(office, moment):
    now = moment("2026-03-16 08:30")
    dossier = file_dossier(office.session, now, replace(declaration(office, now), channel="online"))
    task, clerk = office.task(dossier, "receive_dossier"), office.actor("bd.lan", now)
    other = replace(declaration(office, now), deciding_unit="VHTTDL")
    with pytest.raises(WrongValue) as refused:
        complete_reception(office.session, clerk, now, task.id, other)
    assert "VHTTDL" in refused.value.message("vi")
    complete_reception(office.session, clerk, now, task.id, replace(other, deciding_unit="LDTBXH"))
    assert dossier.state == DossierState.RECEIVED


def test_a_paper_is_entered_once(office, moment):
    now = moment(TUESDAY)
    whole = declaration(office, now)
    twice = replace(whole, components=(*whole.components, whole.components[0]))
    with pytest.raises(ReceptionRefused) as refused:
        receive_dossier(office.session, office.actor("bd.lan", now), now, twice)
    assert set(refused.value.fields) == {f"components.{whole.components[0].code}"}


@pytest.mark.parametrize(
    "email", ["khong-phai-thu", "lan@example", "lan@example.org,ba@example.org", "lan@example.org\nBcc: ba@example.org",
              "lân@example.org", "l" * 190 + "@example.org"]
)  # fmt: skip
def test_an_address_that_no_notice_could_be_sent_to_is_refused_at_its_field(office, moment, email):
    now = moment(TUESDAY)
    whole = declaration(office, now)
    with pytest.raises(ReceptionRefused) as refused:
        wrong = replace(whole, applicant=replace(whole.applicant, email=email))
        receive_dossier(office.session, office.actor("bd.lan", now), now, wrong)
    assert set(refused.value.fields) == {"applicant.email"}


def test_nobody_is_born_after_today(office, moment):
    now = moment(TUESDAY)
    whole = declaration(office, now)

    def wrong(born_on: date) -> set[str]:
        wrong = replace(whole, submitter=replace(whole.applicant, born_on=born_on), return_method="post")
        with pytest.raises(ReceptionRefused) as refused:
            receive_dossier(office.session, office.actor("bd.lan", now), now, wrong)
        return set(refused.value.fields)

    assert "submitter.born_on" in wrong(now.date() + timedelta(days=1))
    assert "submitter.born_on" not in wrong(now.date())


def test_refusing_at_the_counter_ends_the_dossier_with_its_reason_in_the_log(office, moment):
    now = moment(TUESDAY)
    refused = replace(declaration(office, now), decision="refuse", reason="Không thuộc thẩm quyền", components=())
    dossier = receive_dossier(office.session, office.actor("bd.lan", now), now, refused)
    assert (dossier.state, dossier.number) == (DossierState.REJECTED, None)
    assert dossier.closed_at == now
    rejected = office.session.scalars(select(Event).where(Event.kind == EventKind.REJECTED)).one()
    assert rejected.details["reason"] == "Không thuộc thẩm quyền"


def test_reception_is_written_into_the_log_in_the_clerks_name(office, moment):
    dossier = office.receive(moment(TUESDAY))
    office.session.flush()
    kinds = [event.kind for event in events_of(office.session, dossier.id)]
    assert kinds[0] == EventKind.SUBMITTED
    assert EventKind.RECEIVED in kinds
    assert {event.actor_name for event in events_of(office.session, dossier.id)} == {"Hoàng Thị Lan"}


def test_two_counters_of_one_centre_never_print_the_same_receipt_number(office, moment):
    first = office.receive(moment(TUESDAY))
    second_counter = Unit(
        code="QUAY2", name="Quầy số 2", name_en="Counter 2", kind="counter", parent=first.counter.parent,
        valid_from=moment(TUESDAY).date(),
    )  # fmt: skip
    office.session.add(second_counter)
    office.session.flush()
    for assignment in office.session.scalars(select(ReceptionAssignment)):
        assignment.counter_id = second_counter.id
    for membership in office.session.scalars(select(Membership).where(Membership.unit_id == first.counter_id)):
        membership.unit_id = second_counter.id
    office.session.flush()
    office.session.expire_all()
    second = office.receive(moment(TUESDAY))
    assert (first.counter.code, second.counter.code) == ("QUAY1", "QUAY2")
    assert (first.receipt_number, second.receipt_number) == ("01/TTPVHCC", "02/TTPVHCC")
