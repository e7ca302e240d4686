"""A word that the house does not know is refused before publishing, not when a dossier reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalogue.bundles import gather
from engine.catalogue.definitions import BundleRefused, ProcedureDefinition, read_bundle
from engine.catalogue.vocabulary import STATES, TOPICS
from engine.dossiers.models import DossierState
from engine.dossiers.services import SERVICES
from tests.engine.catalogue.small_procedure import write_procedure

FOLDER = "labour/declaration"
OFFICER = ' camunda:candidateGroups="officer"'
SERVICE = """<bpmn:serviceTask id="examine" name="Ghi nhận" camunda:type="external" camunda:topic="{}">
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:serviceTask>"""
END = '<bpmn:endEvent id="end">'
STATED = END + (
    '<bpmn:extensionElements><camunda:properties><camunda:property name="state" value="{}"/>'
    "</camunda:properties></bpmn:extensionElements>"
)


def procedure(processes: Path, old: str, new: str, *, published: bool = False) -> ProcedureDefinition:
    """The small procedure with one thing drawn otherwise. Raises BundleRefused."""
    diagram = write_procedure(processes, FOLDER) / "procedure.bpmn"
    drawn = diagram.read_text(encoding="utf-8")
    assert old in drawn
    diagram.write_text(drawn.replace(old, new), encoding="utf-8")
    bundle = gather(processes, FOLDER)
    return read_bundle(bundle, functions=None) if published else read_bundle(bundle)


def with_service(processes: Path, topic: str) -> ProcedureDefinition:
    """The small procedure whose user task is a service instead."""
    diagram = write_procedure(processes, FOLDER) / "procedure.bpmn"
    drawn = diagram.read_text(encoding="utf-8")
    begin, end = drawn.index("<bpmn:userTask"), drawn.index("</bpmn:userTask>") + len("</bpmn:userTask>")
    diagram.write_text(drawn[:begin] + SERVICE.format(topic) + drawn[end:], encoding="utf-8")
    return read_bundle(gather(processes, FOLDER))


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("", "Chưa chọn vai trò."),
        (' camunda:candidateGroups="oficer"', "Không có vai trò “oficer”."),
        (' camunda:candidateGroups="officer,leader"', "Không có vai trò “officer,leader”."),
    ],
)
def test_a_task_that_nobody_could_do_is_refused_with_its_place_and_the_known_roles(tmp_path, new, said):
    with pytest.raises(BundleRefused) as refused:
        procedure(tmp_path, OFFICER, new)
    [finding] = refused.value.findings
    assert (finding.rule, finding.file, finding.element_id) == ("role-unknown", f"{FOLDER}/procedure.bpmn", "examine")
    assert finding.line
    assert finding.message_vi == said
    assert "division_head" in finding.remedy_en


def test_a_role_that_is_calculated_is_left_to_the_step(tmp_path):
    assert procedure(tmp_path, OFFICER, ' camunda:candidateGroups="${who}"')


def test_a_service_that_the_house_does_not_offer_is_refused(tmp_path):
    with pytest.raises(BundleRefused, match="topic-unknown") as refused:
        with_service(tmp_path, "send_sms")
    [finding] = refused.value.findings
    assert (finding.element_id, finding.message_en) == ("examine", "There is no topic “send_sms”.")
    assert with_service(tmp_path, "record_fact")


def test_a_state_that_no_dossier_has_is_refused(tmp_path):
    with pytest.raises(BundleRefused, match="state-unknown") as refused:
        procedure(tmp_path, END, STATED.format("finished"))
    [finding] = refused.value.findings
    assert (finding.element_id, finding.message_vi) == ("end", "Không có trạng thái “finished”.")
    assert procedure(tmp_path, END, STATED.format("returned"))


def test_what_was_published_before_is_still_read(tmp_path):
    assert procedure(tmp_path, OFFICER, "", published=True)


def test_the_words_are_those_of_the_dossiers():
    assert SERVICES.keys() == TOPICS
    assert {state.value for state in DossierState} == STATES
