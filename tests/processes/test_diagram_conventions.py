"""What the diagrams say: the conventions that the engine, the forms and the people at the counter rely on."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.dossiers.models.words import DossierState
from engine.organisation.models import Role

PROCESSES = Path(__file__).parents[2] / "processes"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
KINDS = {"receive", "handover", "process", "payment", "supplement", "return"}
VIETNAMESE = re.compile(r"[À-ỹ]")
FORBIDDEN = ("transaction", "adHocSubProcess", "complexGateway", "linkEventDefinition", "compensateEventDefinition")
PROPERTIES = ("code", "name_en", "field", "field_en", "field_code", "deciding_unit", "legal_basis", "effective_from",
              "result", "result_en", "supplement_policy", "withdrawal_refund")  # fmt: skip


def _gateways(drawing: Any) -> list[Any]:
    return drawing.find("//bpmn:exclusiveGateway")


def _after_a_side_branch(drawing: Any) -> set[str]:
    """Elements behind a boundary event that does not interrupt: they do not change the dossier's state."""
    found = set(drawing.find("//bpmn:boundaryEvent[@cancelActivity='false']/@id"))
    while True:
        more = {flow.get("targetRef") for flow in drawing.flows if flow.get("sourceRef") in found} - found
        if not more:
            return found
        found |= more


def _has_vietnamese_name(node: Any) -> bool:
    name = node.get("name") or ""
    return bool(VIETNAMESE.search(name)) and name == unicodedata.normalize("NFC", name).strip()


# -- one file, one process, no surprises ---------------------------------------------------------------------------


def test_a_file_holds_one_executable_process_named_after_its_place(drawing):
    is_procedure = drawing.path.name == "procedure.bpmn"
    assert drawing.process.get("id") == (drawing.path.parent.name if is_procedure else drawing.path.stem)
    assert drawing.process.get("isExecutable") == "true"
    assert _has_vietnamese_name(drawing.process)


def test_it_opens_as_a_camunda_7_diagram(drawing):
    modeler = "{http://camunda.org/schema/modeler/1.0}"
    assert drawing.root.get(modeler + "executionPlatform") == "Camunda Platform"
    assert drawing.root.get(modeler + "executionPlatformVersion", "").startswith("7.")


def test_ids_are_english_and_unique(drawing):
    ids = drawing.find("//@id")
    assert len(ids) == len(set(ids))
    assert not [each for each in ids if not re.fullmatch(r"[a-z][a-z0-9_]*", each)]


def test_nothing_is_drawn_that_an_office_does_not_read_at_a_glance(drawing):
    for name in FORBIDDEN:
        assert not drawing.find(f"//bpmn:{name}"), name
    assert not drawing.find("//bpmn:subProcess[@triggeredByEvent='true']")


# -- flows and gateways --------------------------------------------------------------------------------------------


def test_every_node_lists_the_flows_that_enter_and_leave_it(drawing):
    for node in drawing.nodes:
        for word, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            listed = drawing.find(f"bpmn:{word}/text()", node)
            assert sorted(listed) == sorted(flow.get("id") for flow in drawing.flows if flow.get(end) == node.get("id"))


def test_only_starts_have_no_entry_and_only_ends_have_no_way_out(drawing):
    for node in drawing.nodes:
        kind = node.tag.rpartition("}")[2]
        assert bool(drawing.find("bpmn:incoming", node)) == (kind not in ("startEvent", "boundaryEvent"))
        assert bool(drawing.find("bpmn:outgoing", node)) == (kind != "endEvent"), node.get("id")


def test_only_gateways_divide_or_join_flows(drawing):
    for node in drawing.nodes:
        entries, exits = len(drawing.find("bpmn:incoming", node)), len(drawing.find("bpmn:outgoing", node))
        if node.tag.endswith("Gateway"):
            assert (entries == 1) != (exits == 1), node.get("id")
        else:
            assert entries <= 1 and exits <= 1, node.get("id")


def test_every_choice_has_a_question_a_default_and_a_condition_on_each_other_way(drawing):
    for gateway in _gateways(drawing):
        ways = [drawing.by_id[each] for each in drawing.find("bpmn:outgoing/text()", gateway)]
        if len(ways) > 1:
            assert gateway.get("name", "").endswith("?"), gateway.get("id")
            unconditional = [way.get("id") for way in ways if not drawing.find("bpmn:conditionExpression", way)]
            assert unconditional == [gateway.get("default")], gateway.get("id")
            assert all(_has_vietnamese_name(way) for way in ways), gateway.get("id")


def test_conditions_stand_only_behind_gateways(drawing):
    gateways = {gateway.get("id") for gateway in _gateways(drawing)}
    conditional = [flow for flow in drawing.flows if drawing.find("bpmn:conditionExpression", flow)]
    assert {flow.get("sourceRef") for flow in conditional} <= gateways


# -- names ---------------------------------------------------------------------------------------------------------


def test_names_are_vietnamese_and_have_their_english(drawing):
    for node in drawing.nodes:
        if node.get("name") is None:
            assert node.tag.endswith("exclusiveGateway") and len(drawing.find("bpmn:outgoing", node)) == 1
            continue
        assert _has_vietnamese_name(node), node.get("name")
        english = drawing.properties(node).get("name_en", "")
        assert english and not VIETNAMESE.search(english), node.get("id")


def test_lanes_bands_and_flows_carry_vietnamese_names_and_have_their_english(drawing):
    for each in drawing.find("//bpmn:lane | //bpmn:participant | //bpmn:sequenceFlow[@name]"):
        assert _has_vietnamese_name(each), each.get("name")
        assert drawing.properties(each)["name_en"].isascii()
    for each in drawing.find("//bpmn:categoryValue"):
        assert VIETNAMESE.search(each.get("value"))
        assert drawing.properties(each)["name_en"].isascii()
    for each in drawing.find("//bpmn:textAnnotation"):
        assert drawing.properties(each)["name_en"].isascii()


# -- user tasks ----------------------------------------------------------------------------------------------------


def test_a_user_task_has_a_kind_a_role_and_a_form_that_exists(drawing, element_templates):
    for task in drawing.find("//bpmn:userTask"):
        template = task.get(CAMUNDA + "modelerTemplate")
        assert template in element_templates and template.removeprefix("motcua.") in KINDS
        assert task.get(CAMUNDA + "candidateGroups") in {role.value for role in Role}
        assert drawing.form_of(task)["type"] == "default"


def test_the_state_of_the_dossier_is_known_wherever_it_changes(drawing):
    states, aside = {state.value for state in DossierState}, _after_a_side_branch(drawing)
    for node in drawing.find("//bpmn:userTask | //bpmn:receiveTask"):
        if node.get("id") not in aside:
            assert drawing.properties(node).get("state") in states, node.get("id")
    assert {drawing.properties(node).get("state") for node in drawing.nodes} <= states | {None}


def test_an_officer_is_the_one_assigned_wherever_there_is_an_assignment(procedure):
    if not procedure.find("//bpmn:userTask[@id='assign']"):
        return
    for task in procedure.find("//bpmn:userTask[@camunda:candidateGroups='officer']"):
        assert task.get(CAMUNDA + "assignee") == "${officer}", task.get("id")


def test_what_a_task_hands_to_the_process_is_asked_by_its_form(drawing, fields_of):
    for task in drawing.find("//bpmn:userTask"):
        asked = set(fields_of(drawing.form_of(task)))
        if task.get(CAMUNDA + "modelerTemplate") == "motcua.receive":
            asked.add("decision")  # the receiving page's three buttons, around the procedure's form
        for source in drawing.outputs(task).values():
            for name in re.findall(r"\$\{(\w+)\}", source):
                assert name in asked, (task.get("id"), name)


def test_conditions_speak_only_of_choices_that_the_forms_offer(drawing, fields_of):
    offered: dict[str, set[str]] = {}
    for task in drawing.find("//bpmn:userTask"):
        fields = fields_of(drawing.form_of(task))
        for variable, source in drawing.outputs(task).items():
            for option in fields.get(source[2:-1], {}).get("values", []):
                offered.setdefault(variable, set()).add(option["value"])
    for condition in drawing.find("//bpmn:conditionExpression/text()"):
        for variable, value in re.findall(r"(\w+) [!=]= '(\w+)'", condition):
            assert variable not in offered or value in offered[variable], condition


# -- service tasks, calls and messages -----------------------------------------------------------------------------


def test_a_service_task_is_external_and_its_topic_has_an_element_template(drawing, element_templates):
    for task in drawing.find("//bpmn:serviceTask"):
        topic = task.get(CAMUNDA + "topic")
        assert task.get(CAMUNDA + "type") == "external"
        assert task.get(CAMUNDA + "modelerTemplate") == f"motcua.service.{topic}" in element_templates


def test_every_call_finds_a_shared_diagram(drawing):
    for called in drawing.find("//bpmn:callActivity/@calledElement"):
        assert (PROCESSES / "shared" / f"{called}.bpmn").is_file()


def test_fees_are_decided_only_where_there_is_a_table(procedure):
    if "payment" in procedure.find("//bpmn:callActivity/@calledElement"):
        assert (procedure.path.parent / "fees.dmn").is_file()
    assert (procedure.path.parent / "deadline.dmn").is_file()
    assert (procedure.path.parent / "components.dmn").is_file()


# -- the frame of every procedure ----------------------------------------------------------------------------------


def test_a_procedure_says_what_the_catalogue_must_know(procedure):
    properties = procedure.properties(procedure.process)
    assert not [name for name in PROPERTIES if not properties.get(name)]
    assert re.fullmatch(r"\d\.\d{6}", properties["code"])
    assert properties["supplement_policy"] in ("extend", "restart")
    assert properties["withdrawal_refund"] in ("none", "full")
    assert properties.get("excess_refund", "none") in ("none", "full")


def test_a_procedure_is_decided_by_a_unit_that_exists(procedure):
    units = yaml.safe_load((PROCESSES / "organisation" / "units.yaml").read_text(encoding="utf-8"))["units"]
    named = procedure.properties(procedure.process)["deciding_unit"].split(",")
    assert set(named) <= {unit["code"] for unit in units}


def test_a_dossier_is_received_first_and_returned_last(procedure):
    calls = procedure.find("bpmn:process/bpmn:callActivity/@calledElement")
    assert sorted(calls) == ["intake", "return_result"]
    (end,) = procedure.find("bpmn:process/bpmn:endEvent[@id='returned']")
    assert procedure.properties(end)["state"] == DossierState.RETURNED


def test_an_applicant_may_withdraw_from_the_first_step_of_processing_to_the_signature(procedure):
    (boundary,) = procedure.find("//bpmn:boundaryEvent[bpmn:messageEventDefinition]")
    (message,) = procedure.find(
        f"//bpmn:message[@id='{procedure.find('bpmn:messageEventDefinition/@messageRef', boundary)[0]}']"
    )
    assert message.get("name") == "withdrawal_requested"
    assert boundary.get("cancelActivity") != "false"
    inside = procedure.by_id[boundary.get("attachedToRef")]
    called = procedure.find("bpmn:callActivity/@calledElement", inside)
    assert {"handover", "sign_issue"} <= set(called)


def test_every_end_of_a_procedure_leaves_the_dossier_in_a_final_state(procedure):
    final = {DossierState.RETURNED, DossierState.REJECTED, DossierState.STOPPED}
    aside = _after_a_side_branch(procedure)
    for end in procedure.find("bpmn:process/bpmn:endEvent"):
        if end.get("id") not in aside:
            assert procedure.properties(end).get("state") in final, end.get("id")


def test_the_leader_may_always_send_back_and_the_division_head_too(procedure):
    gateways = {gateway.get("id") for gateway in procedure.find("//bpmn:exclusiveGateway")}
    assert "signing_outcome" in gateways
    assert "review_outcome" in gateways or not procedure.find("//bpmn:userTask[@id='review']")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_task_can_be_dragged_in_with_its_role_state_and_form(kind, element_templates):
    template = element_templates[f"motcua.{kind}"]
    bindings = {each["binding"].get("name"): each.get("value") for each in template["properties"]}
    assert template["appliesTo"] == ["bpmn:UserTask"] and VIETNAMESE.search(template["description"])
    assert bindings["camunda:candidateGroups"] in {role.value for role in Role}
    assert bindings["state"] in {state.value for state in DossierState}
    assert bindings["camunda:formRef"] and bindings["name"]
