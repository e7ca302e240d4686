"""A file that imports others is checked with them; nothing is fetched, and what is not given is said."""

from __future__ import annotations

import pytest

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSD = "http://www.w3.org/2001/XMLSchema"


def importing(body: str, location: str = "other.bpmn", namespace: str = "there", kind: str = BPMN) -> str:
    return (
        f"<process id='p'>{body}</process><import namespace='{namespace}' location='{location}' importType='{kind}'/>"
    )


def draw_prelude(draw_model) -> bytes:
    """What every file of the examples declares, to be left out of files of one namespace."""
    content = draw_model("<process id='x'/>")
    return content[content.index(b"<itemDefinition") : content.index(b"<process")]


CALL = "<callActivity id='a' calledElement='there:q'/>"


@pytest.fixture
def other(draw_model):
    return {"other.bpmn": draw_model("<process id='q'/>", "there")}


def test_a_process_of_an_imported_file_is_found(broken_rules, other):
    assert broken_rules(importing(CALL), other) == {}


def test_a_process_that_the_imported_file_does_not_have_is_missed(broken_rules, other):
    assert broken_rules(importing(CALL.replace(":q", ":r")), other) == {"reference-unresolved": "error"}


def test_something_else_of_the_imported_file_is_of_the_wrong_kind(broken_rules, other):
    assert broken_rules(importing(CALL.replace(":q", ":m")), other) == {"reference-type": "error"}


def test_an_imported_diagram_that_is_not_there_is_an_error(broken_rules):
    assert broken_rules(importing(CALL)) == {"import-unresolved": "error"}


@pytest.mark.parametrize("content", [b"", b"<a>", b"<a/>", b"\x00\x01"])
def test_an_imported_file_that_is_no_diagram_is_an_error(broken_rules, content):
    assert broken_rules(importing(""), {"other.bpmn": content}) == {"import-not-bpmn": "error"}


def test_an_import_of_another_namespace_than_the_file_has_is_an_error(broken_rules, other):
    assert broken_rules(importing("", namespace="elsewhere"), other) == {"import-namespace": "error"}


@pytest.mark.parametrize("kind", [f"{BPMN}X", XSD, ""])
def test_a_diagram_that_is_imported_as_something_else_is_an_error(broken_rules, other, kind):
    assert broken_rules(importing(CALL, kind=kind), other) == {"import-type": "error"}


def test_a_schema_that_is_given_is_not_taken_for_a_diagram(broken_rules):
    schema = b"<schema xmlns='http://www.w3.org/2001/XMLSchema'/>"
    assert broken_rules(importing("", "types.xsd", kind=XSD), {"types.xsd": schema}) == {}


def test_a_schema_or_a_remote_file_that_was_not_given_is_only_mentioned(broken_rules):
    assert broken_rules(importing("", "types.xsd", kind=XSD)) == {"import-not-given": "warning"}
    assert broken_rules(importing(CALL, "https://example.invalid/other.bpmn")) == {"import-not-given": "warning"}


def test_an_id_may_not_be_used_again_in_an_imported_file_of_the_same_namespace(broken_rules, draw_model):
    same = {"other.bpmn": draw_model("<process id='p'/>", "here")}
    assert broken_rules(importing("", namespace="here"), same)["id-unique"] == "error"


def test_files_that_import_each_other_are_read_once(broken_rules, draw_model):
    back = importing("", "example.bpmn", "here").replace("id='p'", "id='q'")
    assert broken_rules(importing(CALL), {"other.bpmn": draw_model(back, "there")}) == {}


def test_a_file_that_imports_one_that_imports_it_is_not_held_against_itself(broken_rules, draw_model):
    body = importing("", namespace="here")
    back = importing("", "example.bpmn", "here").replace("id='p'", "id='q'").replace("id='", "id='other_")
    other = draw_model(back, "here").replace(draw_prelude(draw_model), b"")
    found = broken_rules(body, {"other.bpmn": other, "example.bpmn": draw_model(body)})
    assert found == {}


def test_files_of_one_namespace_are_imported_side_by_side(broken_rules, draw_model):
    both = importing(CALL, "one.bpmn") + "<import namespace='there' location='two.bpmn' importType='" + BPMN + "'/>"
    one = draw_model("<process id='first'/>", "there").replace(draw_prelude(draw_model), b"")
    two = draw_model("<process id='q'/>", "there")
    assert broken_rules(both, {"one.bpmn": one, "two.bpmn": two}) == {}
    assert broken_rules(both, {"one.bpmn": two, "two.bpmn": two}) == {"id-unique": "error"}


def test_what_a_remote_file_of_the_same_namespace_may_declare_is_not_missed(broken_rules):
    call = CALL.replace("there:", "")
    remote = "https://example.invalid/other.bpmn"
    assert broken_rules(importing(call, remote, "here")) == {"import-not-given": "warning"}
    assert broken_rules(importing(call, remote))["reference-unresolved"] == "error"
