"""The law's periods inside a procedure stand in tables, are asked for by name, and are checked before publishing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.catalogue.bundles import gather
from engine.catalogue.definitions import BundleRefused, ProcedureDefinition, read_bundle
from engine.catalogue.limits import named_limit
from engine.catalogue.refusals import DecisionUnusable, UnknownLimit
from engine.worktime import Limit, LimitUnit
from tests.engine.catalogue.small_procedure import table, write_procedure

FOLDER = "labour/declaration"
DAY = {"received_on": date(2022, 3, 22)}
COLUMNS = ["code", "amount", "unit", "legal_amount", "legal_basis"]
THIRTY_DAYS = ["", '"answer"', "30", '"calendar_days"', "", '"Mặc định"']


def limits(decision: str, *rows: list[str]) -> str:
    """A table of named limits; a row is its period, then its columns."""
    return table(decision, "COLLECT", (["received_on"], COLUMNS, list(rows)))


def procedure(
    processes: Path,
    *,
    own: list[list[str]] | None = None,
    shared: list[list[str]] | None = None,
    due: str = "${limit('answer')}",
) -> ProcedureDefinition:
    """The small procedure with these tables; its task `examine` is due at `due`. Raises BundleRefused."""
    folder = write_procedure(processes, FOLDER)
    if own is not None:
        (folder / "limits.dmn").write_text(limits("limits", *own), encoding="utf-8")
    if shared is not None:
        (processes / "shared/limits.dmn").write_text(limits("shared_limits", *shared), encoding="utf-8")
    diagram = folder / "procedure.bpmn"
    drawn = diagram.read_text(encoding="utf-8")
    diagram.write_text(drawn.replace('id="examine"', f'id="examine" camunda:dueDate="{due}"'), encoding="utf-8")
    return read_bundle(gather(processes, FOLDER))


def refusal(processes: Path, **changes: object) -> BundleRefused:
    with pytest.raises(BundleRefused) as refused:
        procedure(processes, **changes)  # type: ignore[arg-type]
    return refused.value


def test_a_limit_of_the_shared_table_holds_for_every_procedure(tmp_path: Path) -> None:
    found = named_limit(procedure(tmp_path, shared=[THIRTY_DAYS]).workflow, "answer", DAY)
    assert found.limit == Limit(30, LimitUnit.CALENDAR_DAYS)
    assert (found.legal_limit, found.legal_basis) == (None, "Mặc định")


def test_the_procedures_own_table_comes_before_the_shared_one(tmp_path: Path) -> None:
    own = ["", '"answer"', "4.5", '"working_days"', "5", '"Nghị định"']
    found = named_limit(procedure(tmp_path, own=[own], shared=[THIRTY_DAYS]).workflow, "answer", DAY)
    assert found.limit.title_in("vi") == "4,5 ngày làm việc"
    assert found.legal_limit == Limit(5, LimitUnit.WORKING_DAYS)


def test_a_limit_counts_only_in_its_period(tmp_path: Path) -> None:
    old = ['&lt; date("2025-07-01")', '"answer"', "3", '"working_days"', "", '""']
    new = ['&gt;= date("2025-07-01")', '"answer"', "2", '"working_days"', "", '""']
    workflow = procedure(tmp_path, own=[old, new]).workflow
    on = [named_limit(workflow, "answer", {"received_on": date(2025, month, 1)}).limit.amount for month in (6, 7)]
    assert on == [3, 2]


def test_a_day_that_no_row_covers_is_refused_by_name(tmp_path: Path) -> None:
    later = ['&gt;= date("2025-07-01")', '"answer"', "2", '"working_days"', "", '""']
    with pytest.raises(UnknownLimit) as refused:
        named_limit(procedure(tmp_path, own=[later]).workflow, "answer", DAY)
    assert "answer" in refused.value.message("vi")
    assert refused.value.remedy("en")


def test_two_rows_for_one_day_are_refused(tmp_path: Path) -> None:
    workflow = procedure(tmp_path, shared=[THIRTY_DAYS, THIRTY_DAYS]).workflow
    with pytest.raises(DecisionUnusable):
        named_limit(workflow, "answer", DAY)


@pytest.mark.parametrize("due", ["${limit('answr')}", "P1D${limit('answr')}", "${max(limit('answr'), due_at)}"])
def test_an_unknown_name_refuses_the_procedure_and_says_where_and_what_there_is(tmp_path: Path, due: str) -> None:
    (finding,) = refusal(tmp_path, shared=[THIRTY_DAYS], due=due).findings
    lines = (tmp_path / FOLDER / "procedure.bpmn").read_text(encoding="utf-8").splitlines()
    assert (finding.rule, finding.file) == ("limit-unknown", f"{FOLDER}/procedure.bpmn")
    assert finding.line is not None
    assert 'id="examine"' in lines[finding.line - 1]
    assert "“answr”" in finding.message_vi
    assert "answer" in finding.message_en


def test_without_any_table_no_name_is_known(tmp_path: Path) -> None:
    assert [finding.rule for finding in refusal(tmp_path).findings] == ["limit-unknown"]


@pytest.mark.parametrize("due", ["${limit(case)}", "${limit('ans' + 'wer')}"])
def test_a_name_that_is_not_written_out_cannot_be_checked_and_is_refused(tmp_path: Path, due: str) -> None:
    assert [finding.rule for finding in refusal(tmp_path, shared=[THIRTY_DAYS], due=due).findings] == [
        "limit-not-named"
    ]


@pytest.mark.parametrize(
    ("amount", "unit"), [("0", '"none"'), ("", '"working_days"'), ("3", '"weeks"'), ("pages", '"working_days"')]
)
def test_a_row_that_leads_to_no_moment_refuses_the_procedure(tmp_path: Path, amount: str, unit: str) -> None:
    row = ["", '"answer"', amount, unit, "", '""']
    (finding,) = refusal(tmp_path, shared=[row]).findings
    assert (finding.rule, finding.file) == ("limit-unusable", "shared/limits.dmn")
    assert finding.message_vi
    assert finding.remedy_en


def period(cell: str, name: str = "answer") -> list[str]:
    return [cell, f'"{name}"', "3", '"working_days"', "", '""']


BEFORE = '&lt; date("2025-03-01")'
AFTER = '&gt;= date("2025-07-01")'
BETWEEN = '[date("2025-03-01")..date("2025-06-30")]'


@pytest.mark.parametrize(
    ("rows", "gap", "row"),
    [
        ([BEFORE, AFTER], "01/03/2025", 1),
        ([AFTER, BEFORE], "01/03/2025", 2),
        ([BEFORE, '&gt; date("2025-03-01")'], "01/03/2025", 1),
        ([BEFORE, '[date("2025-03-01")..date("2025-06-29")]', AFTER], "30/06/2025", 2),
        ([BEFORE], "01/03/2025", 1),
        ([BETWEEN], "01/07/2025", 1),
    ],
)
def test_a_day_between_two_periods_that_no_row_covers_refuses_the_procedure(
    tmp_path: Path, rows: list[str], gap: str, row: int
) -> None:
    (finding,) = refusal(tmp_path, shared=[period(cell) for cell in rows]).findings
    assert (finding.rule, finding.file) == ("limit-gap", "shared/limits.dmn")
    for said in (finding.message_vi, finding.message_en):
        assert gap in said
        assert "answer" in said
    assert f"dòng {row}" in finding.message_vi
    assert f"row {row}" in finding.remedy_en


@pytest.mark.parametrize("rows", [[BEFORE, BETWEEN, AFTER], [AFTER, BEFORE, BETWEEN], [BETWEEN, AFTER], [AFTER], ["-"]])
def test_periods_that_follow_each_other_leave_no_gap(tmp_path: Path, rows: list[str]) -> None:
    procedure(tmp_path, shared=[period(cell) for cell in rows])


def test_the_shared_table_may_fill_the_gap_of_the_procedures_own(tmp_path: Path) -> None:
    procedure(tmp_path, own=[period(BEFORE), period(AFTER)], shared=[period(BETWEEN)])


def test_the_gap_of_one_limit_is_not_filled_by_another(tmp_path: Path) -> None:
    rows = [period(BEFORE), period("", "other"), period(AFTER)]
    assert [finding.rule for finding in refusal(tmp_path, shared=rows).findings] == ["limit-gap"]


def test_a_row_that_depends_on_the_case_as_well_is_taken_to_count(tmp_path: Path) -> None:
    procedure(tmp_path, shared=[period(BEFORE), period("received_on &gt; submitted_on"), period(AFTER)])


def test_a_gap_in_what_is_published_already_stops_no_dossier(tmp_path: Path) -> None:
    refusal(tmp_path, shared=[period(BEFORE), period(AFTER)])
    read_bundle(gather(tmp_path, FOLDER), functions=None)
