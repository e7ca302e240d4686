"""Units end and are succeeded per procedure; people and counters have rights for a time (domain 6)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine.organisation.models import Person, Role, UnitSuccession
from engine.organisation.operations import create_person, grant_role, publish_organisation, revoke_role
from engine.organisation.queries import (
    actor_for,
    counters_for,
    identifier_on,
    people_holding,
    unit_by_code,
    unit_chart,
    unit_on,
)
from engine.organisation.refusals import NoIdentifier, SuccessionGoesInCircles, UnitEnded, UnitNotYet, UnknownUnit
from engine.organisation.rules import in_force

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
NOW = datetime(2022, 3, 22, 3, 0, tzinfo=UTC)
BEFORE, AFTER = date(2025, 2, 28), date(2025, 3, 1)


@pytest.fixture
def organisation(session: Session) -> Session:
    publish_organisation(session, NOW, PROCESSES)
    return session


def clerk(session: Session) -> Person:
    person = create_person(session, None, NOW, "quay.mot", "Nông Thị Đào", "mat-khau-thu")
    grant_role(session, None, NOW, person, unit_by_code(session, "QUAY1"), Role.POST_CLERK)
    return person


@pytest.mark.parametrize(
    ("code", "procedure", "successor"),
    [
        ("TTTT", "1.003868", "VHTTDL"),
        ("TTTT", "1.005442", "KHCN"),
        ("TTTT", None, "KHCN"),
        ("LDTBXH", "2.000134", "NV"),
        ("TNMT", "1.009748", "NNMT"),
        ("VHTTDL", "1.004623", "VHTTDL"),
    ],
)
def test_succession_goes_by_procedure_and_begins_on_its_day(
    organisation: Session, code: str, procedure: str | None, successor: str
) -> None:
    assert unit_on(organisation, code, BEFORE, procedure).code == code
    assert unit_on(organisation, code, AFTER, procedure).code == successor
    assert unit_chart(organisation).unit_on(code, AFTER, procedure).code == successor


def test_a_unit_that_does_not_exist_yet_decides_nothing(organisation: Session) -> None:
    with pytest.raises(UnitNotYet):
        unit_on(organisation, "KHCN", BEFORE)


def test_a_unit_that_ended_without_successor_is_named(organisation: Session) -> None:
    unit_by_code(organisation, "CA").valid_to = BEFORE
    with pytest.raises(UnitEnded) as refused:
        unit_on(organisation, "CA", AFTER, "1.009748")
    assert "Công an tỉnh Lạng Sơn" in refused.value.message("vi")


def test_an_unknown_code_is_refused(organisation: Session) -> None:
    with pytest.raises(UnknownUnit):
        unit_on(organisation, "GTVT", AFTER)


def test_units_that_succeed_each_other_in_a_circle_are_refused_instead_of_hanging(organisation: Session) -> None:
    pair = [unit_by_code(organisation, code) for code in ("VHTTDL", "NV")]
    for old, new in (pair, reversed(pair)):
        organisation.add(
            UnitSuccession(old_unit_id=old.id, new_unit_id=new.id, effective_on=AFTER, decision="thử nghiệm")
        )
    organisation.flush()
    with pytest.raises(SuccessionGoesInCircles):
        unit_on(organisation, "VHTTDL", AFTER)


def test_the_identifier_changes_its_form_between_two_days(organisation: Session) -> None:
    unit = unit_by_code(organisation, "TTTT")
    assert identifier_on(organisation, unit.id, date(2021, 12, 31)).identifier == "000.00.15.H37"
    assert identifier_on(organisation, unit.id, date(2022, 1, 1)).identifier == "H37.15"
    with pytest.raises(NoIdentifier):
        identifier_on(organisation, unit.id, AFTER)


def test_the_post_receives_for_a_body_only_while_it_is_assigned(organisation: Session) -> None:
    unit = unit_by_code(organisation, "VHTTDL")
    for on, decision in (
        (date(2020, 9, 30), None),
        (date(2020, 10, 1), "1778/QĐ-UBND ngày 11/9/2020 (thí điểm)"),
        (date(2021, 4, 1), "1778/QĐ-UBND ngày 11/9/2020"),
    ):
        found = counters_for(organisation, unit.id, "1.004623", on)
        assert [assignment.decision for assignment in found] == ([decision] if decision else [])


def test_a_clerk_serves_the_assigned_bodies_of_the_day(organisation: Session) -> None:
    actor = actor_for(organisation, clerk(organisation), date(2022, 3, 22))
    counter = unit_by_code(organisation, "QUAY1").id
    assigned = {unit_by_code(organisation, code).id for code in ("TTTT", "LDTBXH", "VHTTDL", "BQLKKTCK")}
    assert actor.counters == {counter: assigned}


def test_a_clerk_keeps_the_dossiers_of_bodies_that_were_merged_away(organisation: Session) -> None:
    actor = actor_for(organisation, clerk(organisation), AFTER)
    counter = unit_by_code(organisation, "QUAY1").id
    codes = ("VHTTDL", "BQLKKTCK", "KHCN", "NV", "TTTT", "LDTBXH")
    assert actor.counters[counter] == {unit_by_code(organisation, code).id for code in codes}


def test_somebody_who_is_no_clerk_serves_no_counter(organisation: Session) -> None:
    person = create_person(organisation, None, NOW, "chuyen.vien", "Hoàng Văn Thụ", "mat-khau-thu")
    unit = unit_by_code(organisation, "VHTTDL")
    grant_role(organisation, None, NOW, person, unit, Role.OFFICER)
    actor = actor_for(organisation, person, date(2022, 3, 22))
    assert actor.counters == {}
    assert actor.holds(Role.OFFICER, unit.id)
    assert not actor.holds(Role.DIVISION_HEAD)


def test_a_role_counts_from_its_first_to_its_last_day(organisation: Session) -> None:
    person = create_person(organisation, None, NOW, "lanh.dao", "Lý Thị Mai", "mat-khau-thu")
    unit = unit_by_code(organisation, "VHTTDL")
    first, last = date(2022, 4, 1), date(2022, 4, 30)
    grant_role(organisation, None, NOW, person, unit, Role.LEADER, valid_from=first, valid_to=last)
    for on, holds in ((date(2022, 3, 31), False), (first, True), (last, True), (date(2022, 5, 1), False)):
        assert actor_for(organisation, person, on).holds(Role.LEADER, unit.id) is holds
        assert people_holding(organisation, Role.LEADER, unit.id, on) == ([person] if holds else [])


def test_a_revoked_role_is_gone_the_same_day_and_its_history_stays(organisation: Session) -> None:
    person = create_person(organisation, None, NOW, "van.thu", "Vi Thị Lan", "mat-khau-thu")
    unit = unit_by_code(organisation, "VHTTDL")
    membership = grant_role(organisation, None, NOW, person, unit, Role.RECORDS_CLERK, valid_from=date(2022, 3, 1))
    revoke_role(organisation, None, NOW, membership)
    assert not people_holding(organisation, Role.RECORDS_CLERK, unit.id, date(2022, 3, 22))
    assert people_holding(organisation, Role.RECORDS_CLERK, unit.id, date(2022, 3, 21)) == [person]


def test_a_switched_off_person_holds_nothing(organisation: Session) -> None:
    person = clerk(organisation)
    person.active = False
    organisation.flush()
    assert people_holding(organisation, Role.POST_CLERK, unit_by_code(organisation, "QUAY1").id, NOW.date()) == []


days = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@given(on=days, first=days, length=st.integers(0, 2000))
def test_a_period_and_its_successor_never_hold_on_the_same_day(on: date, first: date, length: int) -> None:
    last = date.fromordinal(first.toordinal() + length)
    following = date.fromordinal(last.toordinal() + 1)
    assert [in_force(on, first, last), in_force(on, following, None)].count(True) == (on >= first)
