"""`motcua trace` as somebody at a terminal sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.command_line.commands import main

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
PLAIN = """<message id="m" name="paid"/><process id="p" isExecutable="true">
<startEvent id="begin"/><exclusiveGateway id="g" default="no"/><endEvent id="free"/>
<receiveTask id="wait" messageRef="m"/><boundaryEvent id="late" attachedToRef="wait">
<timerEventDefinition><timeDuration>P30D</timeDuration></timerEventDefinition></boundaryEvent>
<endEvent id="paid_end"/><endEvent id="late_end"/>
<sequenceFlow id="a" sourceRef="begin" targetRef="g"/><sequenceFlow id="no" sourceRef="g" targetRef="free"/>
<sequenceFlow id="yes" sourceRef="g" targetRef="wait"><conditionExpression>fee > 0</conditionExpression></sequenceFlow>
<sequenceFlow id="b" sourceRef="wait" targetRef="paid_end"/><sequenceFlow id="c" sourceRef="late" targetRef="late_end"/>
</process>"""


@pytest.fixture
def drawn(tmp_path):
    def draw(body: str, name: str = "plain.bpmn") -> Path:
        path = tmp_path / name
        path.write_text(HEAD + body + "</definitions>", encoding="utf-8")
        return path

    return draw


def trace(path: Path, *options: str):
    return CliRunner().invoke(main, ["trace", str(path), "--format", "json", *options])


def ids(result) -> list[str]:
    return [each["id"] for each in json.loads(result.stdout)["elements"] if each["outcome"] == "completed"]


def test_a_trace_tells_what_ran_when_and_how_it_ended(drawn):
    result = trace(drawn(PLAIN), "--data", '{"fee": 650000}', "--messages", '[{"name": "paid"}]')
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ended"], told["process"]) == (0, "completed", "p")
    assert ids(result) == ["begin", "g", "wait", "paid_end"]
    assert told["elements"][2] | {"at": "", "path": []} == {
        "id": "wait", "name": "", "type": "receiveTask", "outcome": "completed", "path": [], "at": "",
    }  # fmt: skip
    late = trace(drawn(PLAIN), "--data", '{"fee": 650000}')
    assert ids(late)[-2:] == ["late", "late_end"]
    assert json.loads(late.stdout)["elements"][-1]["at"] == "2026-02-04T01:00:00+00:00"
    assert ids(trace(drawn(PLAIN), "--data", '{"fee": 0}')) == ["begin", "g", "free"]


def test_a_message_may_be_its_name_alone_or_come_some_time_after_the_beginning(drawn):
    assert ids(trace(drawn(PLAIN), "--data", '{"fee": 1}', "--messages", '["paid"]'))[-1] == "paid_end"
    for after, last in (("P29D", "paid_end"), ("P31D", "late_end")):
        sent = json.dumps([{"name": "paid", "at": after}])
        assert ids(trace(drawn(PLAIN), "--data", '{"fee": 1}', "--messages", sent))[-1] == last
    assert trace(drawn(PLAIN), "--messages", '[{"name": "paid", "at": "P1X"}]').exit_code == 2


def test_fractions_are_numbers(drawn):
    share = (
        '<process id="p" isExecutable="true"><scriptTask id="s"><script>share = 5 / 2</script></scriptTask></process>'
    )
    assert json.loads(trace(drawn(share)).stdout)["variables"] == {"share": 2.5}


def test_what_nothing_waits_for_is_named(drawn):
    sent = '[{"name": "paid"}, {"name": "unknown"}]'
    result = trace(drawn(PLAIN), "--data", '{"fee": 1}', "--messages", sent)
    assert json.loads(result.stdout)["not_taken"] == ["unknown"]
    told = CliRunner().invoke(main, ["trace", str(drawn(PLAIN)), "--data", '{"fee": 1}', "--messages", sent]).stdout
    assert told.splitlines()[-2:] == ["not taken: unknown", "p: completed"]


def test_a_run_may_be_stopped_at_a_moment(drawn):
    result = trace(drawn(PLAIN), "--data", '{"fee": 1}', "--until", "2026-01-10T00:00:00")
    told = json.loads(result.stdout)
    assert (told["ended"], told["limit"], [wait["id"] for wait in told["waiting"]]) == (
        "waiting", "until", ["late", "wait"],
    )  # fmt: skip


def test_what_has_no_result_is_a_failure_with_its_place(drawn):
    result = trace(drawn(PLAIN))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ended"], told["error"]["element"]) == (1, "failed", "g")
    assert "fee" in told["error"]["message_en"]


def test_a_refused_diagram_tells_its_findings(drawn):
    result = trace(drawn(PLAIN.replace("fee > 0", "Runtime.getRuntime()")))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ended"]) == (1, "refused")
    assert [(each["rule"], each["element_id"]) for each in told["findings"]] == [("expression-syntax", "yes")]


def test_wrong_use_is_told_from_a_refusal(drawn, tmp_path):
    assert trace(tmp_path / "missing.bpmn").exit_code == 2
    assert trace(drawn(PLAIN), "--data", "[1]").exit_code == 2
    assert trace(drawn(PLAIN), "--messages", '[{"nam": "paid"}]').exit_code == 2
    assert trace(drawn(PLAIN), "--until", "tomorrow").exit_code == 2


def test_called_processes_are_found_in_the_files_beside(drawn):
    drawn('<process id="other" isExecutable="true"><task id="x"/></process>', "other.bpmn")
    drawn("<process id='broken", "unrelated.bpmn")
    result = trace(drawn('<process id="p" isExecutable="true"><callActivity id="c" calledElement="other"/></process>'))
    assert ids(result) == ["x", "c"]


def test_a_trace_can_be_read_by_people(drawn):
    told = CliRunner().invoke(main, ["trace", str(drawn(PLAIN)), "--data", '{"fee": 0}']).stdout.splitlines()
    assert told[-1] == "p: completed"
    assert [line.split()[-2] for line in told[:-1]] == ["begin", "g", "free"]
