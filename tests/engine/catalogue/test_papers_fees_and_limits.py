"""What the tables of a procedure say of a dossier: papers, fees, time limit; and finding it without accents."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine.catalogue.bundles import gather
from engine.catalogue.definitions import ProcedureDefinition, read_bundle
from engine.catalogue.models import ProcedureVersion
from engine.catalogue.queries import procedures_on
from engine.catalogue.refusals import DecisionUnusable, NoLegalLimit
from engine.catalogue.rules import FeeLine, components_for, fee_lines, fees_for, limit_for, version_in_force
from engine.organisation.queries import unit_by_code
from engine.worktime import Limit, LimitUnit
from tests.engine.catalogue.small_procedure import table, write_procedure

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
NOW = datetime(2022, 3, 22, 3, 0, tzinfo=UTC)
FACTS = {"case": "new", "received_on": date(2022, 3, 22)}


@pytest.fixture
def definition(tmp_path: Path) -> ProcedureDefinition:
    write_procedure(tmp_path)
    return read_bundle(gather(tmp_path, "labour/declaration"))


def with_table(tmp_path: Path, decision: str, outputs: list[str], *rows: list[str]) -> ProcedureDefinition:
    """The small procedure with another table in it, which has the case as its only input."""
    own = write_procedure(tmp_path)
    (own / f"{decision}.dmn").write_text(table(decision, "COLLECT", (["case"], outputs, list(rows))), encoding="utf-8")
    return read_bundle(gather(tmp_path, "labour/declaration"))


def test_the_list_of_papers_depends_on_the_case(definition: ProcedureDefinition) -> None:
    assert [component.code for component in components_for(definition, FACTS)] == ["form"]
    reissue = components_for(definition, {**FACTS, "case": "reissue"})
    assert [(component.code, component.required) for component in reissue] == [("form", True), ("old", False)]
    assert (reissue[0].template, reissue[1].note) == ("Mẫu 01", "nếu còn")


def test_a_paper_without_an_english_name_keeps_the_vietnamese_one(tmp_path: Path) -> None:
    columns = ["code", "name", "required", "name_en"]
    rows = ["", '"form"', '"Tờ khai"', "true", '"Declaration"'], ["", '"old"', '"Thẻ cũ"', "true", ""]
    papers = components_for(with_table(tmp_path, "components", columns, *rows), FACTS)
    assert [(paper.name, paper.name_en) for paper in papers] == [("Tờ khai", "Declaration"), ("Thẻ cũ", "Thẻ cũ")]


def test_fees_are_quantity_times_rate_in_whole_dong(definition: ProcedureDefinition) -> None:
    lines = fees_for(definition, {**FACTS, "pages": 12})
    assert [(line.code, line.kind, line.quantity, line.amount) for line in lines] == [
        ("page", "phi", 12, 180_000),
        ("card", "le_phi", 1, 100_000),
    ]


def test_a_fee_counts_only_in_its_period(definition: ProcedureDefinition) -> None:
    lines = fees_for(definition, {**FACTS, "received_on": date(2021, 12, 31), "pages": 1})
    assert [line.code for line in lines] == ["page"]


def test_before_the_quantity_is_known_nothing_is_charged_for_it(definition: ProcedureDefinition) -> None:
    assert [line.code for line in fees_for(definition, FACTS)] == ["card"]
    assert [line.code for line in fees_for(definition, {**FACTS, "pages": None})] == ["card"]


def test_a_case_without_fee_costs_nothing(definition: ProcedureDefinition) -> None:
    assert fees_for(definition, {**FACTS, "case": "reissue"}) == ()


def test_a_procedure_without_a_table_of_fees_costs_nothing(tmp_path: Path) -> None:
    own = write_procedure(tmp_path)
    (own / "fees.dmn").unlink()
    assert fees_for(read_bundle(gather(tmp_path, "labour/declaration")), FACTS) == ()


def test_the_committed_limit_and_the_laws_own_are_both_kept(definition: ProcedureDefinition) -> None:
    found = limit_for(definition, FACTS)
    assert found.limit == Limit(5, LimitUnit.WORKING_DAYS)
    assert found.legal_limit == Limit(7, LimitUnit.WORKING_DAYS)
    assert found.legal_basis == "Điều 16"


def test_same_day_needs_no_amount(definition: ProcedureDefinition) -> None:
    found = limit_for(definition, {**FACTS, "case": "reissue"})
    assert (found.limit, found.legal_limit) == (Limit(0, LimitUnit.SAME_DAY), None)


def test_half_days_stay_half_days(tmp_path: Path) -> None:
    definition = with_table(
        tmp_path, "deadline", ["amount", "unit", "legal_basis"], ["", "4.5", '"working_days"', '"x"']
    )
    assert limit_for(definition, FACTS).limit == Limit.read("4,5", "working_days")


def test_a_dossier_without_a_limit_is_refused_and_not_given_any(definition: ProcedureDefinition) -> None:
    with pytest.raises(NoLegalLimit):
        limit_for(definition, {**FACTS, "case": "exchange"})


@pytest.mark.parametrize(
    ("decision", "outputs", "row", "column"),
    [
        ("deadline", ["amount", "unit"], ["", "5", '"moons"'], "amount"),
        ("deadline", ["amount", "unit"], ["", "0", '"working_days"'], "amount"),
        ("fees", ["code", "kind", "name", "unit_amount"], ["", '"a"', '"thue"', '"A"', "1"], "kind"),
        ("fees", ["code", "kind", "name", "unit_amount"], ["", '"a"', '"phi"', '"A"', "0.5"], "unit_amount"),
        ("fees", ["code", "kind", "name", "unit_amount"], ["", '"a"', '"phi"', '"A"', "-1"], "unit_amount"),
        ("components", ["code", "name", "required"], ["", '"a"', '"A"', '"có"'], "required"),
        ("components", ["code", "name", "required"], ["", "", '"A"', "true"], "code"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_table_and_column(
    tmp_path: Path, decision: str, outputs: list[str], row: list[str], column: str
) -> None:
    definition = with_table(tmp_path, decision, outputs, row)
    ask = {"deadline": limit_for, "fees": fees_for, "components": components_for}[decision]
    with pytest.raises(DecisionUnusable) as refused:
        ask(definition, FACTS)
    assert (refused.value.parameters["decision"], refused.value.parameters["column"]) == (decision, column)


def test_one_paper_listed_twice_is_refused(tmp_path: Path) -> None:
    row = ["", '"a"', '"A"', "true"]
    definition = with_table(tmp_path, "components", ["code", "name", "required"], row, row)
    with pytest.raises(DecisionUnusable):
        components_for(definition, FACTS)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**4)), max_size=6))
def test_the_total_of_fee_lines_is_the_sum_of_rate_times_quantity(rows: list[tuple[int, int]]) -> None:
    lines = fee_lines(
        {"code": f"c{i}", "kind": "phi", "name": "Phí", "unit_amount": rate, "quantity": quantity}
        for i, (rate, quantity) in enumerate(rows)
    )
    assert all(isinstance(line, FeeLine) and isinstance(line.amount, int) for line in lines)
    assert sum(line.amount for line in lines) == sum(rate * quantity for rate, quantity in rows)


days = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(days, st.none() | days), max_size=6), days)
def test_the_version_in_force_is_the_last_published_that_contains_the_day(
    periods: list[tuple[date, date | None]], on: date
) -> None:
    versions = [
        ProcedureVersion(number=number, effective_from=first, effective_to=last)
        for number, (first, last) in enumerate(periods, start=1)
    ]
    chosen = version_in_force(versions, on)
    containing = [number for number, (first, last) in enumerate(periods, start=1) if first <= on <= (last or date.max)]
    assert (chosen.number if chosen else None) == max(containing, default=None)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("the huong dan vien", "1.004623"),
        ("thẻ hướng", "1.004623"),
        ("LU HANH", "2.001628"),
        ("1.0038", "1.003868"),
        ("vien dan", "1.004623"),
        ("tour gui", "1.004623"),
        ("border-gate ECONOMIC", "1.009748"),
        ("the", "1.004623"),
    ],
)
def test_a_procedure_is_found_by_a_few_letters_without_accents_or_in_english(
    published: Session, typed: str, first: str
) -> None:
    assert [procedure.code for procedure in procedures_on(published, date(2022, 3, 22), typed)][:1] == [first]


def test_what_nobody_offers_is_not_found(published: Session) -> None:
    assert procedures_on(published, date(2022, 3, 22), "giấy phép lái tàu vũ trụ") == []
    assert procedures_on(published, date(2019, 1, 1)) == []


def test_a_clerk_is_offered_what_the_assigned_bodies_decide_on_that_day(published: Session) -> None:
    labour, home_affairs = unit_by_code(published, "LDTBXH").id, unit_by_code(published, "NV").id
    for on, unit in ((date(2022, 3, 22), labour), (date(2026, 3, 23), home_affairs)):
        codes = {procedure.code for procedure in procedures_on(published, on, deciding_units={unit})}
        assert codes == {"2.000134", "2.000908"}
    assert procedures_on(published, date(2026, 3, 23), deciding_units={labour}) == []


def test_a_procedure_moves_to_its_own_successor(published: Session) -> None:
    (publication,) = procedures_on(published, date(2026, 3, 23), "xuat ban")
    assert [unit.code for unit in publication.deciding_units] == ["VHTTDL"]
