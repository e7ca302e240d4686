"""What the procedures' decision tables say about limits, fees and components, at the edges of their periods."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest
from lxml import etree

from engine.catalogue.limits import named_limit
from engine.forms import facts_of, read_form
from engine.settings import PROJECT
from engine.workflow import Definition, decide, evaluate, read_definition

PROCESSES = PROJECT / "processes"
PROCEDURES = {folder.parent.name: folder.parent for folder in PROCESSES.glob("*/*/procedure.bpmn")}


@cache
def definition(procedure: str) -> Definition:
    """The procedure with the shared processes and its own tables."""
    folder = PROCEDURES[procedure]
    shared = [*PROCESSES.glob("shared/*.bpmn"), *PROCESSES.glob("shared/*.dmn")]
    own = [*folder.glob("*.bpmn"), *folder.glob("*.dmn")]
    files = {file.relative_to(PROCESSES).as_posix(): file.read_bytes() for file in (*shared, *own)}
    return read_definition(files, procedure)


def decided(procedure: str, decision: str, received_on: str, **answers: Any) -> list[dict[str, Any]]:
    """The rows for a dossier with these answers in its intake form."""
    form = read_form((PROCEDURES[procedure] / "intake.form").read_bytes())
    facts = {"case": "new", **facts_of(form, answers), "received_on": date.fromisoformat(received_on)}
    return decide(definition(procedure), decision, facts)


@pytest.mark.parametrize(
    ("procedure", "received_on", "answers", "amount", "unit"),
    [
        ("registry_copy", "2022-03-22", {}, 0, "same_day"),
        ("safety_declaration", "2022-03-22", {}, 5, "working_days"),
        ("tour_guide_card", "2022-03-22", {"case": "new"}, 15, "calendar_days"),
        ("tour_guide_card", "2022-03-22", {"case": "exchange"}, 10, "calendar_days"),
        ("tour_guide_card", "2022-03-22", {"case": "reissue"}, 10, "calendar_days"),
        ("travel_business_licence", "2022-03-22", {"case": "new"}, 10, "calendar_days"),
        ("noncommercial_publication", "2025-06-30", {}, 15, "calendar_days"),
        ("noncommercial_publication", "2025-07-01", {}, 10, "working_days"),
        ("investment_policy_approval", "2022-03-22", {}, 25, "calendar_days"),
    ],
)
def test_the_limit_of_each_case(
    procedure: str, received_on: str, answers: dict[str, Any], amount: int, unit: str
) -> None:
    [row] = decided(procedure, "deadline", received_on, **answers)
    assert (row["amount"], row["legal_amount"], row["unit"]) == (amount, amount, unit)
    assert row["legal_basis"]


@pytest.mark.parametrize(
    ("procedure", "name", "received_on", "limit"),
    [
        ("safety_declaration", "online_acceptance", "2022-03-22", "8 giờ làm việc"),
        ("safety_declaration", "completion", "2022-03-22", "30 ngày"),
        ("safety_declaration", "supplement", "2022-03-22", "30 ngày"),
        ("investment_policy_approval", "consultation_request", "2022-03-22", "3 ngày làm việc"),
        ("investment_policy_approval", "opinion", "2022-03-22", "15 ngày"),
        ("travel_business_licence", "bank_answer", "2022-03-22", "3 ngày làm việc"),
        ("noncommercial_publication", "completeness_notice", "2025-06-30", "3 ngày làm việc"),
        ("noncommercial_publication", "completeness_notice", "2025-07-01", "2 ngày làm việc"),
    ],
)
def test_the_limit_of_each_step_that_the_law_bounds(procedure: str, name: str, received_on: str, limit: str) -> None:
    found = named_limit(definition(procedure), name, {"received_on": date.fromisoformat(received_on)})
    assert found.limit.title_in("vi") == limit
    assert found.legal_basis


@pytest.mark.parametrize(
    ("procedure", "received_on", "answers", "total"),
    [
        ("tour_guide_card", "2022-03-22", {"card_type": "domestic"}, 650_000),
        ("tour_guide_card", "2022-03-22", {"card_type": "on_site", "case": "reissue"}, 200_000),
        ("travel_business_licence", "2023-06-30", {"case": "new"}, 3_000_000),
        ("travel_business_licence", "2023-07-01", {"case": "new"}, 1_500_000),
        ("travel_business_licence", "2023-12-31", {"case": "exchange"}, 1_000_000),
        ("travel_business_licence", "2024-01-01", {"case": "exchange"}, 2_000_000),
        ("travel_business_licence", "2022-03-22", {"case": "reissue"}, 1_500_000),
        ("noncommercial_publication", "2022-03-22", {"pages": 120}, 1_800_000),
        ("noncommercial_publication", "2022-03-22", {"audio_minutes": 30}, 180_000),
        ("noncommercial_publication", "2022-03-22", {"video_minutes": 45}, 1_215_000),
        ("noncommercial_publication", "2022-03-22", {"pages": 10, "audio_minutes": 1, "video_minutes": 1}, 183_000),
        ("noncommercial_publication", "2023-06-30", {"pages": 100}, 1_500_000),
        ("noncommercial_publication", "2023-07-01", {"pages": 100}, 750_000),
        ("noncommercial_publication", "2023-12-31", {"video_minutes": 2}, 27_000),
        ("noncommercial_publication", "2024-01-01", {"pages": 100}, 1_500_000),
        ("noncommercial_publication", "2022-03-22", {"pages": 0}, 0),
    ],
)
def test_the_fee_of_each_case(procedure: str, received_on: str, answers: dict[str, Any], total: int) -> None:
    rows = decided(procedure, "fees", received_on, **answers)
    assert sum(row["unit_amount"] * row["quantity"] for row in rows) == total
    assert all(row["kind"] in ("phi", "le_phi") and row["legal_basis"] for row in rows)
    assert all(row["name_en"].isascii() and row["name_en"] != row["name"] for row in rows)


@pytest.mark.parametrize(
    ("answers", "days"),
    [
        ({}, 2),
        ({"pages": 199}, 2),
        ({"pages": 200}, 3),
        ({"pages": 5_000}, 4),
        ({"audio_minutes": 60}, 3),
        ({"pages": None, "audio_minutes": 45, "video_minutes": 90}, 4),
    ],
)
def test_reading_a_manuscript_takes_the_longer_the_more_there_is_to_read(answers: dict[str, Any], days: int) -> None:
    process = etree.parse(PROCEDURES["noncommercial_publication"] / "procedure.bpmn")
    (due,) = process.xpath("//*[@id='read_content']/@*[local-name()='dueDate']")
    assert evaluate(due, answers, {"working_days": lambda amount: amount}) == days


@pytest.mark.parametrize(
    ("procedure", "answers", "required"),
    [
        ("registry_copy", {}, {"request", "identity"}),
        ("safety_declaration", {}, {"declaration", "inspection_result"}),
        (
            "tour_guide_card",
            {"case": "exchange", "card_type": "domestic"},
            {"application", "curriculum_vitae", "health_certificate", "updated_knowledge", "photographs", "old_card"},
        ),
        (
            "tour_guide_card",
            {"case": "reissue", "card_type": "domestic", "reissue_reason": "lost"},
            {"application", "photographs"},
        ),
        (
            "tour_guide_card",
            {"case": "reissue", "card_type": "domestic", "reissue_reason": "changed"},
            {"application", "photographs", "old_card"},
        ),
        ("noncommercial_publication", {"material": "document", "foreign_language": False}, {"application", "drafts"}),
        (
            "noncommercial_publication",
            {"material": "audio", "foreign_language": True},
            {"application", "drafts", "translation"},
        ),
    ],
)
def test_the_papers_of_each_case_with_their_english_names(
    procedure: str, answers: dict[str, Any], required: set[str]
) -> None:
    rows = decided(procedure, "components", "2022-03-22", **answers)
    assert {row["code"] for row in rows if row["required"]} == required
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(row["name_en"].isascii() and row["name_en"] != row["name"] for row in rows)
    assert all(bool(row["note_en"]) == bool(row["note"]) for row in rows)
    assert all(row["note_en"].isascii() for row in rows)


@pytest.mark.parametrize("procedure", sorted(PROCEDURES))
def test_nothing_about_a_dossier_has_to_be_answered_for_the_tables_to_be_asked(procedure: str) -> None:
    """The counter's page shows fee, papers and due date while the form is still empty."""
    for file in PROCEDURES[procedure].glob("*.dmn"):
        decided(procedure, file.stem, "2022-03-22")


@pytest.mark.parametrize("file", sorted(PROCESSES.rglob("*.dmn")), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_two_parts_of_a_table_share_an_id(file):
    """Camunda Modeler leaves out a decision that has the id of its file's root element."""
    ids = etree.parse(file).xpath("//@id")
    assert len(ids) == len(set(ids))
