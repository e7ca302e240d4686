"""An expression without xsi:type is valid and runs: the schema's tExpression is not abstract."""

from __future__ import annotations

import pytest

from engine.workflow import check_diagram, read_definition
from engine.workflow.tracing import trace
from tests.engine.workflow.standard.test_valid_models import ENGINE


def timer(when: str) -> str:
    definition = f"<timerEventDefinition>{when}</timerEventDefinition>"
    return f"<intermediateCatchEvent id='b'>{definition}</intermediateCatchEvent>"


def several(body: str) -> str:
    return f"<task id='b'><multiInstanceLoopCharacteristics>{body}</multiInstanceLoopCharacteristics></task>"


PLACES = {
    "timeDuration": timer("<timeDuration>P1D</timeDuration>"),
    "timeDate": timer("<timeDate>2026-01-05T08:00:00+07:00</timeDate>"),
    "timeCycle": "<task id='b'/><boundaryEvent id='tick' attachedToRef='b' cancelActivity='false'>"
    "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition></boundaryEvent>"
    "<endEvent id='told'/>[tick > told]",
    "loopCondition": "<task id='b'><standardLoopCharacteristics testBefore='true'><loopCondition>1 &gt; 2"
    "</loopCondition></standardLoopCharacteristics></task>",
    "loopCardinality": several("<loopCardinality>1 + 2</loopCardinality>"),
    "completionCondition": several(
        "<loopCardinality>3</loopCardinality><completionCondition>1 &gt; 2</completionCondition>"
    ),
    "condition": "<intermediateCatchEvent id='b'><conditionalEventDefinition><condition>2 &gt; 1</condition>"
    "</conditionalEventDefinition></intermediateCatchEvent>",
    "assignment": "<dataObject id='d'/><task id='b'><ioSpecification><dataInput id='i'/><inputSet><dataInputRefs>i"
    "</dataInputRefs></inputSet><outputSet/></ioSpecification><dataInputAssociation><sourceRef>d</sourceRef>"
    "<targetRef>i</targetRef><assignment><from>1 + 1</from><to>i</to></assignment></dataInputAssociation></task>",
    "activationCondition": "<parallelGateway id='split'/><task id='x1'/><task id='x2'/><complexGateway id='b'>"
    "<activationCondition>activationCount &gt;= 2</activationCondition></complexGateway>",
}


def executable(body: str) -> str:
    return f"<process id='p' isExecutable='true'>{body}</process>"


def errors(content: bytes) -> set[str]:
    return {each.rule for each in check_diagram("p.bpmn", content, runnable=True) if each.severity == "error"}


def walked(content: bytes) -> list[str]:
    definition = read_definition({"p.bpmn": content}, "p", (), plain=True)
    result = trace(definition, {}, ())
    assert result.ended == "completed"
    return [each.passage.element_id for each in result.elements if each.passage.outcome == "completed"]


@pytest.mark.parametrize("place", PLACES)
def test_an_expression_without_a_type_is_a_mistake_by_the_standard_alone_and_is_evaluated(draw_model, place):
    way = "[a > split > x1 > b > c][split > x2 > b]" if place == "activationCondition" else "[a > b > c]"
    content = draw_model(executable(f"<startEvent id='a'/>{PLACES[place]}<endEvent id='c'/>{way}"))
    assert errors(content) == {"executable-expression"}
    assert errors(content.replace(b"xmlns:foreign=", ENGINE)) == set()
    assert walked(content)[-1] == "c"


@pytest.mark.parametrize(("condition", "end"), [("1 &gt; 2", "other"), ("2 &gt; 1", "chosen")])
@pytest.mark.parametrize("language", ["", " expressionLanguage='http://www.w3.org/1999/XPath'"])
def test_a_condition_without_a_type_chooses_the_way(draw_model, condition, end, language):
    body = executable(
        "<startEvent id='a'/><exclusiveGateway id='g' default='no'/><endEvent id='chosen'/><endEvent id='other'/>"
        "[a > g]<sequenceFlow id='no' sourceRef='g' targetRef='other'/><sequenceFlow id='yes' sourceRef='g' "
        f"targetRef='chosen'><conditionExpression>{condition}</conditionExpression></sequenceFlow>"
    )
    content = draw_model(body).replace(b" targetNamespace", language.encode() + b" targetNamespace")
    assert walked(content) == ["a", "g", end]
