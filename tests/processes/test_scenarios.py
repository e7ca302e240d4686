"""Every scenario of every procedure, played on the published system through the operations that the web uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from engine.settings import PROJECT
from engine.simulation.playing import play
from engine.simulation.scenarios import Scenario, read_scenarios

PROCESSES = PROJECT / "processes"
FILES = sorted(PROCESSES.glob("*/*/scenarios.yaml"))
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
STORIES = [
    pytest.param(file.parent, scenario, id=f"{file.parent.name}-{scenario.id}")
    for file in FILES
    for scenario in read_scenarios(file.read_bytes())
]


def procedure_code(folder: Path) -> str:
    """The national code in the procedure's diagram."""
    process = etree.parse(folder / "procedure.bpmn").find(f"{BPMN}process")
    return next(found.get("value") for found in process.iter(f"{CAMUNDA}property") if found.get("name") == "code")


@pytest.mark.parametrize(("folder", "scenario"), STORIES)
def test_the_scenario_goes_as_told(session: Session, published: object, folder: Path, scenario: Scenario) -> None:
    play(session, scenario, procedure_code(folder))


@pytest.mark.parametrize(
    "folder", sorted(file.parent for file in PROCESSES.glob("*/*/procedure.bpmn")), ids=lambda f: f.name
)
def test_the_scenarios_reach_every_user_task(folder: Path) -> None:
    """A step that no scenario takes is a step that nobody has ever tried."""
    diagram = etree.parse(folder / "procedure.bpmn")
    tasks = {task.get("id") for task in diagram.iter(f"{BPMN}userTask")}
    scenarios = read_scenarios((folder / "scenarios.yaml").read_bytes())
    done = {
        step.target for scenario in scenarios for step in scenario.steps if (step.kind, step.refused) == ("do", None)
    }
    assert tasks <= done
