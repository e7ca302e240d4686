"""The designer's guide names everything that the system knows, and nothing that it does not."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from engine.catalogue.properties import ProcedureProperties
from engine.dossiers.models import DossierState
from engine.dossiers.services import SERVICES
from engine.forms import read_form
from engine.organisation.models import Role
from engine.settings import PROJECT
from engine.simulation.scenarios import read_scenarios
from engine.worktime import LimitUnit, SuspensionPolicy

PROCESSES = PROJECT / "processes"
GUIDE = (PROCESSES / "README.md").read_text(encoding="utf-8")
DRAWN_BY_NOBODY = {Role.PROCESS_DESIGNER, Role.ADMINISTRATOR}


def section(title: str) -> str:
    """The text below a heading, up to the next heading of any level."""
    found = re.search(rf"^##+ {re.escape(title)}.*?\n(.*?)(?=^##+ |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def named_first(title: str) -> set[str]:
    """The names in the first column of the section's tables."""
    rows = re.findall(r"^\| (`[^|]+) \|", section(title), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_every_topic_is_explained_and_no_other() -> None:
    assert named_first("Service tasks") == set(SERVICES)


def test_the_states_stand_in_the_order_that_decides() -> None:
    listed = [name for name in re.findall(r"`(\w+)` ", section("States")) if name in list(DossierState)]
    assert listed == [state.value for state in DossierState]


def test_every_role_template_unit_and_policy_is_explained() -> None:
    templates = json.loads((PROCESSES / ".camunda/element-templates/user_tasks.json").read_text(encoding="utf-8"))
    assert named_first("User tasks") == {template["id"] for template in templates}
    roles = {role.value for role in Role} - {role.value for role in DRAWN_BY_NOBODY}
    assert all(f"`{role}`" in section("User tasks") for role in roles)
    assert all(f'`"{unit.value}"`' in section("Decision tables") for unit in LimitUnit)
    assert all(f"`{policy.value}`" in section("Properties of the process") for policy in SuspensionPolicy)


def test_every_property_of_a_process_is_explained() -> None:
    renamed = {"deciding_units": "deciding_unit"}
    properties = {renamed.get(name, name) for name in ProcedureProperties.__dataclass_fields__} - {"name"}
    assert named_first("Properties of the process") == properties


def test_every_shared_process_is_explained() -> None:
    assert named_first("Shared sub-processes") == {file.stem for file in (PROCESSES / "shared").glob("*.bpmn")}


def test_every_procedure_is_listed() -> None:
    listed = set(re.findall(r"^\| `(\w+/\w+)` \|", GUIDE, re.MULTILINE))
    assert listed == {file.parent.relative_to(PROCESSES).as_posix() for file in PROCESSES.glob("*/*/procedure.bpmn")}


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL))
def test_the_example_of_a_scenario_can_be_read(example: str) -> None:
    [scenario] = read_scenarios(example)
    assert scenario.steps


def test_every_key_of_a_scenario_is_explained() -> None:
    from engine.simulation import scenarios

    explained = set(re.findall(r"`(\w+)`", section("Scenarios")))
    example = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[0])[0]
    known = scenarios._SCENARIO_KEYS | scenarios._STEP_KEYS | scenarios._EXPECT_KEYS | scenarios._END_KEYS
    assert known - {"note"} <= explained | set(example)


def test_the_conditions_given_as_examples_can_be_read() -> None:
    for condition in re.findall(r"`(=[^`]+ [^`]+)`", section("Forms")):
        document = {
            "type": "default", "id": "x", "schemaVersion": 19,
            "components": [{"type": "textfield", "id": "F", "key": "a", "conditional": {"hide": condition}}],
        }  # fmt: skip
        assert read_form(json.dumps(document).encode()).parts[0].hidden_when
