"""docs/bpmn-coverage.md names every element of the standard's schema, every rule, and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import SpiffWorkflow.bpmn.parser
from lxml import etree

import engine.workflow
from engine.settings import PROJECT
from engine.workflow import check_diagram, read_definition
from engine.workflow.reading.standard import IMPORT_RULES, RULES, SCHEMA_RULES

PAGE = (PROJECT / "docs" / "bpmn-coverage.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]
SCHEMAS = Path(SpiffWorkflow.bpmn.parser.__file__).parent / "schema"
NAME = re.compile(r"`([^`]+)`")


def element_rows() -> list[list[str]]:
    return [row for row in ROWS if row[1] in ("runs", "documents", "does not run")]


def elements_of_the_schema() -> set[str]:
    return {
        str(element.get("name"))
        for file in ("BPMN20.xsd", "Semantic.xsd")
        for element in etree.parse(str(SCHEMAS / file)).iter("{http://www.w3.org/2001/XMLSchema}element")
        if element.get("name")
    }


def test_every_element_of_the_schema_is_in_the_table_once():
    named = [name for row in element_rows() for name in NAME.findall(row[0])]
    assert sorted(named) == sorted(elements_of_the_schema())


def test_every_row_names_a_test_that_exists():
    tests = "\n".join(file.read_text(encoding="utf-8") for file in (PROJECT / "tests").rglob("test_*.py"))
    for row in element_rows():
        named = NAME.findall(row[3])
        assert named, row
        for name in named:
            assert f"def {name}(" in tests, name


def test_every_rule_is_in_the_table_with_its_severity():
    severities = {rule.name: rule.severity for rule in RULES.values()}
    severities |= {name: words[4] for name, words in IMPORT_RULES.items()}
    severities |= {name: "error" for name in SCHEMA_RULES} | {"schema-diagram": "warning"}
    severities |= {"schema-other-language": "warning"}
    written = {NAME.findall(row[0])[0]: row[2] for row in ROWS if row[1] == "standard"}
    assert written == severities


def test_every_rule_of_running_and_of_this_office_is_in_the_table():
    readme = (Path(engine.workflow.__file__).parent / "README.md").read_text(encoding="utf-8")
    of_the_room = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", readme.split("## Rules of the reading")[1]))
    written = {name for row in ROWS if row[1] in ("runtime", "house") for name in NAME.findall(row[0])}
    assert of_the_room <= written


# -- what the page says of elements that do nothing when a diagram runs -----------------------------------------------

DOCUMENTING = """
<relationship type='t'><source>p</source><target>p</target></relationship>
<process id='p' isExecutable='true'><documentation>words</documentation><auditing/><monitoring/>
<laneSet id='ls'><lane id='l'><partitionElement id='pe'/><flowNodeRef>b</flowNodeRef><childLaneSet id='cs'/></lane>
</laneSet><startEvent id='a'/><userTask id='b'><categoryValueRef>v</categoryValueRef>
<potentialOwner id='po'><resourceRef>r</resourceRef></potentialOwner><rendering/></userTask><endEvent id='c'/>
[a > b > c]<association id='as' sourceRef='b' targetRef='t'/><textAnnotation id='t'><text>words</text></textAnnotation>
<group id='g' categoryValueRef='v'/></process>
"""
BESIDE = """
<category id='cat'><categoryValue id='v' value='1'/></category><resource id='r' name='r'/>
<partnerRole id='pr'/><partnerEntity id='pn'/><endPoint id='ep'/><dataStore id='ds'/>
<collaboration id='co'><participant id='pa' processRef='p'><interfaceRef>service</interfaceRef></participant>
<participant id='pb'/><messageFlow id='mf' sourceRef='pb' targetRef='b'/><conversation id='cv'/></collaboration>
"""


def test_elements_that_only_document_change_nothing(draw_model):
    relationship, process = DOCUMENTING.strip().split("\n", 1)
    content = draw_model(f"<resource id='unused' name='u'/>{BESIDE}{process}{relationship}")
    assert [finding for finding in check_diagram("p.bpmn", content) if finding.severity == "error"] == []
    definition = read_definition({"p.bpmn": content}, "p")
    assert set(definition.element_names) == {"a", "b", "c"}


def test_a_choreography_is_checked_and_has_nothing_to_run(draw_model):
    content = draw_model(
        "<choreography id='c'><participant id='pa'/><participant id='pb'/>"
        "<messageFlow id='mf' sourceRef='pa' targetRef='pb'/>"
        "<choreographyTask id='t' initiatingParticipantRef='pa'><participantRef>pa</participantRef>"
        "<participantRef>pb</participantRef><messageFlowRef>mf</messageFlowRef></choreographyTask></choreography>"
    )
    assert check_diagram("c.bpmn", content) == ()


def test_what_cannot_be_run_here_is_a_warning_and_an_error_when_running_is_wanted(draw_model):
    content = draw_model(
        "<process id='p' isExecutable='true'><startEvent id='a'/><callActivity id='b'/><endEvent id='c'/>[a > b > c]"
        "</process>"
    )
    (finding,) = check_diagram("p.bpmn", content)
    assert (finding.rule, finding.severity, finding.family) == ("unknown-called-process", "warning", "runtime")
    (wanted,) = check_diagram("p.bpmn", content, runnable=True)
    assert (wanted.rule, wanted.severity) == ("unknown-called-process", "error")


def test_a_drawing_that_is_not_marked_as_executable_is_mentioned_with_the_remedy(draw_model):
    (finding,) = check_diagram("p.bpmn", draw_model("<task id='a'/>"))
    assert (finding.rule, finding.severity, finding.family) == ("process-not-executable", "note", "runtime")
    assert 'isExecutable="true"' in finding.remedy_en
