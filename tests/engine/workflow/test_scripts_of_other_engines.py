"""Scripts and conditions in other languages run where they can mean only one thing, or are refused."""

from __future__ import annotations

from datetime import timedelta
from xml.sax.saxutils import escape

import pytest

from engine.workflow import DiagramRefused, check_diagram, read_definition
from engine.workflow.tracing import BEGINNING, trace

JAVA = "http://www.java.com/java"
SETS_X = "kcontext.setVariable(&quot;x&quot;, 9);"
SCRIPTS_BESIDE = [
    "<spiffworkflow:preScript>y = 8\nx = y + 1</spiffworkflow:preScript>",
    "<spiffworkflow:postScript>x = 9</spiffworkflow:postScript>",
    f"<drools:onEntry-script scriptFormat='{JAVA}'><drools:script>{SETS_X}</drools:script></drools:onEntry-script>",
    f"<drools:onExit-script><drools:script>{SETS_X}</drools:script></drools:onExit-script>",
]


@pytest.mark.parametrize("script", SCRIPTS_BESIDE)
def test_a_script_just_before_or_after_an_activity_is_run(draw, ways, script):
    assert ways(draw.element("userTask", "a", extra=script)) == ["a", "yes"]
    inside = draw.begin("b") + draw.element("task", "t") + draw.way("b", "t")
    assert ways(draw.element("subProcess", "a", inside, extra=script)) == ["a", "yes"]


def test_a_script_before_is_seen_by_the_inputs_of_its_activity_and_a_script_after_sees_its_results(draw, ways):
    before = "<spiffworkflow:preScript>y = 4</spiffworkflow:preScript>"
    after = "<spiffworkflow:postScript>x = x + 1</spiffworkflow:postScript>"
    script = draw.element("scriptTask", "a", "<bpmn:script>x = y * 2</bpmn:script>", extra=before + after)
    assert ways(script, condition="${x == 9}") == ["a", "yes"]


@pytest.mark.parametrize("script", SCRIPTS_BESIDE)
def test_a_script_beside_what_is_repeated_or_is_no_activity_is_refused(draw, ways, script):
    repeated = draw.element("task", "a", draw.loop(times="2"), extra=script)
    for element in (repeated, draw.element("intermediateThrowEvent", "a", extra=script)):
        with pytest.raises(DiagramRefused, match="may change variables"):
            ways(element)


@pytest.mark.parametrize("text", ["import os", "for y in x:", "x = [y + 1 for y in z]"])
def test_a_script_beside_that_cannot_be_read_is_refused(draw, ways, text):
    with pytest.raises(DiagramRefused, match="script-syntax"):
        ways(draw.element("task", "a", extra=f"<spiffworkflow:preScript>{text}</spiffworkflow:preScript>"))


def script_task(draw, text: str, **given) -> str:
    return draw.element("scriptTask", "a", f"<bpmn:script>{escape(text)}</bpmn:script>", **given)


@pytest.mark.parametrize(
    "text",
    [
        'execution.setVariable("x", 9);',
        "execution.setVariable('x', x + 8)",
        'System.out.println("x is " + x); kcontext.setVariable("x", 9);',
        "// set it\nconsole.log('a; b', x);\nx = 9;",
        "print(f'x = {x}')\nx += 8",
    ],
)
def test_other_engines_ways_to_set_a_variable_and_to_write_something_out_are_read(draw, ways, text):
    assert ways(script_task(draw, text)) == ["a", "yes"]


@pytest.mark.parametrize("text", ["print('hello')", 'System.out.println("x=" + x);', "console.log(x, -1)", "print()"])
def test_a_script_that_only_writes_something_out_is_a_step_without_an_effect(draw, ways, text):
    assert ways(script_task(draw, text)) == ["a", "no"]


@pytest.mark.parametrize("text", ["print(x++)", "print(z.pop())", 'print(f"{z.pop()}")', "log(x)", "print(x"])
def test_what_is_called_or_changed_while_something_is_written_out_is_refused(draw, ways, text):
    with pytest.raises(DiagramRefused, match="script-syntax"):
        ways(script_task(draw, text))


@pytest.mark.parametrize("text", ["x = 9;", "x++;", 'kcontext.setVariable("x", x / 2);', "doIt();"])
def test_java_that_would_mean_something_else_in_our_language_is_refused(draw, ways, text):
    with pytest.raises(DiagramRefused, match="script-syntax"):
        ways(script_task(draw, text, scriptFormat=JAVA))


OTHER_SPELLINGS = {
    "execution.getVariable('x') > 5": 9,
    "return kcontext.getVariable(&quot;x&quot;) > 5;": 9,
    "bpmn:getDataObject('x') > 5": 9,
    "next(null, this.environment.variables.x > 5);": 9,
    "$x > 5": 9,
    "x.get('k') > 5": {"k": 9},
    "x.includes('a')": "abc",
    "x is not None and not x is null": 1,
    "x != 'it is None' and x != &quot;$y.get('k')&quot;": 1,
    "=list contains(x, 3)": [3],
    "=string length(x) = 3": "abc",
    "=count(x) > 1": [1, 2],
    "=upper case(x) = &quot;A&quot; and starts with(x, &quot;a&quot;)": "a",
    "is defined(x)": 1,
}


@pytest.mark.parametrize("text", OTHER_SPELLINGS)
def test_conditions_of_other_languages_are_read_where_they_can_mean_only_one_thing(draw, ways, text):
    condition = text.replace("&quot;", '"')
    assert ways(draw.element("task", "a"), OTHER_SPELLINGS[text], condition) == ["a", "yes"]


@pytest.mark.parametrize(
    "text",
    [
        "this.environment.variables.x = 9; next();",
        "x = 4 # four\nx += 5  # and five",
        "x = $x + 8",
        "x = []; x.push(2); x.append(7); x = sum(x)",
    ],
)
def test_scripts_of_other_languages_are_read_where_they_can_mean_only_one_thing(draw, ways, text):
    assert ways(script_task(draw, text)) == ["a", "yes"]


def test_counts_of_other_languages_are_read_where_they_can_mean_only_one_thing(draw, ways):
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>$x &lt; 3</bpmn:loopCondition>"
    looped = f"{loop}</bpmn:standardLoopCharacteristics><bpmn:script>x += 1</bpmn:script>"
    assert ways(draw.element("scriptTask", "a", looped)) == ["a", "a", "no"]
    repeated = draw.element("task", "a", draw.loop(times="execution.getVariable('x')"))
    assert ways(repeated, 2) == ["a", "a", "no"]


def test_a_condition_of_java_returns_its_value(draw, ways):
    for x, way in ((9, "yes"), (1, "no")):
        assert ways(draw.element("task", "a"), x, "return x > 5;") == ["a", way]
    with pytest.raises(DiagramRefused, match="expression-syntax"):
        ways(draw.element("task", "a"), 1, "int y = 1; return x > y;")


def test_flows_with_priorities_are_tried_in_their_order(draw, written):
    gateway = draw.element("exclusiveGateway", "g")
    flows = draw.flow("g", "a", "return x > 0;") + draw.flow("g", "b", "return x > 0;")
    flows = flows.replace('id="g_to_a"', 'id="g_to_a" drools:priority="2"')
    flows = flows.replace('id="g_to_b"', 'id="g_to_b" drools:priority="1"')
    parts = (draw.begin(), gateway, draw.user("a"), draw.user("b"), draw.way("begin", "g"), flows)
    result = trace(read_definition({"p.bpmn": written(draw.process(*parts))}, "p", (), plain=True), {"x": 1})
    assert [each.passage.element_id for each in result.elements] == ["begin", "g", "b"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [('"PT2H"', 2), ("'PT2H'", 2), ("timedelta(hours=2)", 2), ("timedelta(days=.5)", 12), ('=duration("PT2H")', 2)],
)
def test_a_timer_may_be_a_text_in_quotation_marks_or_a_timedelta(draw, written, text, hours):
    wait = draw.element("intermediateCatchEvent", "a", draw.timer(text))
    drawn = draw.process(draw.begin(), wait, draw.end(), draw.way("begin", "a", "end"))
    result = trace(read_definition({"p.bpmn": written(drawn)}, "p", (), plain=True), {})
    assert result.elements[-1].at - BEGINNING == timedelta(hours=hours)


def test_a_text_that_jbpm_puts_into_a_task_is_for_whoever_does_it(draw, ways):
    into = (
        "<bpmn:ioSpecification><bpmn:dataInput id='in' name='Comment'/><bpmn:inputSet>"
        "<bpmn:dataInputRefs>in</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet/></bpmn:ioSpecification>"
        "<bpmn:dataInputAssociation><bpmn:targetRef>in</bpmn:targetRef><bpmn:assignment>"
        "<bpmn:from>Please check this</bpmn:from><bpmn:to>in</bpmn:to></bpmn:assignment></bpmn:dataInputAssociation>"
    )
    assert ways(draw.element("userTask", "a", into), 9) == ["a", "yes"]


def test_an_empty_script_that_a_tool_left_behind_says_nothing(draw, ways):
    left = "<drools:onExit-script/><spiffworkflow:preScript></spiffworkflow:preScript>"
    assert ways(draw.element("userTask", "a", extra=left), 9) == ["a", "yes"]


def test_who_is_to_do_a_task_is_not_evaluated(draw, ways):
    asked = {"flowable__assignee": "${nobody}", "flowable__dueDate": "${never}", "flowable__candidateGroups": "${none}"}
    assert ways(draw.element("userTask", "a", **asked), 9) == ["a", "yes"]


def test_what_is_ignored_is_mentioned_by_the_check_and_is_no_error(draw, written):
    script = "<spiffworkflow:preScript>x = 9</spiffworkflow:preScript>"
    drawn = draw.process(
        draw.begin(), draw.element("userTask", "a", extra=script), draw.end(), draw.way("begin", "a", "end")
    )
    found = check_diagram("p.bpmn", written(drawn))
    assert [(each.rule, each.severity) for each in found if each.rule == "extension-ignored"] == [
        ("extension-ignored", "warning")
    ]
    assert not [each for each in found if each.severity == "error"]
