"""Services, scripts, decisions, sub-processes, called processes and multi-instance."""

from __future__ import annotations

import pytest

from engine.workflow import ServiceMissing, StepFailed


def service(draw, **given):
    return draw.read(
        draw.begin(),
        draw.element("serviceTask", "register", camunda__type="external", camunda__topic="register_dossier", **given),
        draw.user("next"),
        draw.end(),
        draw.way("begin", "register", "next", "end"),
    )


def test_a_service_runs_within_the_step_and_its_results_enter_the_process(draw):
    calls = []

    def register(call):
        calls.append(call)
        return {"number": "H37.15-260105-0001", "secret": 1}

    definition = service(draw, reads={"kind": "${channel}"})
    walk = draw.Walk(definition, {"channel": "counter"}, services={"register_dossier": register})
    assert definition.service_topics == {"register_dossier"}
    assert [(call.element_id, call.topic, call.inputs) for call in calls] == [
        ("register", "register_dossier", {"kind": "counter"})
    ]
    assert walk.variables == {"channel": "counter", "number": "H37.15-260105-0001", "secret": 1}


def test_output_parameters_choose_among_a_services_results(draw):
    definition = service(draw, writes={"dossier": "${number}"})
    walk = draw.Walk(definition, services={"register_dossier": lambda call: {"number": 7, "secret": 1}})
    assert walk.variables == {"dossier": 7}


def test_a_topic_that_nobody_serves_refuses_the_step(draw):
    with pytest.raises(ServiceMissing, match="register_dossier"):
        draw.Walk(service(draw))


def test_a_failing_service_abandons_the_step(draw):
    def broken(call):
        raise ConnectionError("the portal is away")

    definition = draw.read(
        draw.begin(),
        draw.user("ask", writes={"decision": "${decision}"}),
        draw.element("serviceTask", "s", camunda__type="external", camunda__topic="t"),
        draw.end(),
        draw.way("begin", "ask", "s", "end"),
    )
    walk = draw.Walk(definition, services={"t": broken})
    before = walk.step.state
    with pytest.raises(ConnectionError):
        walk.complete("ask", {"decision": 1})
    walk.seen["services"] = {"t": lambda call: {}}
    assert walk.step.state == before
    assert walk.complete("ask", {"decision": 2}).variables == {"decision": 2}


def test_a_script_sets_variables_line_by_line(draw):
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.script("s", "# lệ phí\nfee = pages * 15000\nfree = fee == 0 or poor\n"),
            draw.end(),
            draw.way("begin", "s", "end"),
        ),
        {"pages": 3, "poor": True},
    )
    assert walk.variables == {"pages": 3, "poor": True, "fee": 45000, "free": True}


def decision(draw, mapping: str, rules, outputs=("fee",), policy="UNIQUE", writes=None):
    return draw.read(
        draw.begin(),
        draw.element(
            "businessRuleTask",
            "rule",
            camunda__decisionRef="fees",
            camunda__resultVariable="result",
            camunda__mapDecisionResult=mapping,
            writes=writes,
        ),
        draw.end(),
        draw.way("begin", "rule", "end"),
        fees__dmn=draw.table("fees", ["pages"], list(outputs), rules, policy),
    )


def test_a_decision_gives_its_result_in_the_shape_that_was_asked_for(draw):
    one = [("> 0", "pages * 15000"), ("0", "0")]
    assert draw.Walk(decision(draw, "singleEntry", one), {"pages": 2}).variables["result"] == 30000
    assert draw.Walk(decision(draw, "singleResult", one), {"pages": 2}).variables["result"] == {"fee": 30000}
    assert draw.Walk(decision(draw, "singleEntry", one), {"pages": -1}).variables["result"] is None
    several = [("> 0", "1"), ("> 1", "2")]
    assert draw.Walk(decision(draw, "collectEntries", several, policy="COLLECT"), {"pages": 2}).variables["result"] == [
        1,
        2,
    ]
    rows = draw.Walk(decision(draw, "resultList", several, policy="COLLECT"), {"pages": 2}).variables["result"]
    assert rows == [{"fee": 1}, {"fee": 2}]
    with pytest.raises(StepFailed, match="2 results"):
        draw.Walk(decision(draw, "singleEntry", several, policy="COLLECT"), {"pages": 2})


def test_a_violated_hit_policy_refuses_the_step(draw):
    with pytest.raises(StepFailed, match="more than one rule"):
        draw.Walk(decision(draw, "singleEntry", [("> 0", "1"), ("> 1", "2")]), {"pages": 2})


def test_output_parameters_choose_from_a_decision(draw):
    definition = decision(
        draw, "singleResult", [("-", "1", '"x"')], ("a", "b"), writes={"kept": "${decisionResult[0].b}"}
    )
    assert draw.Walk(definition, {"pages": 1}).variables == {"pages": 1, "kept": "x"}


def test_an_embedded_sub_process_shares_variables_but_keeps_its_own_inputs(draw):
    inside = (
        draw.begin("b") + draw.user("x", writes={"seen": "${mine}", "mine": "changed"}) + draw.user("y") + draw.end("e")
    )
    inside += draw.way("b", "x", "y", "e")
    walk = draw.Walk(
        draw.read(
            draw.begin(),
            draw.element("subProcess", "sub", inside, reads={"mine": "local"}, writes={"after": "${mine}"}),
            draw.end(),
            draw.way("begin", "sub", "end"),
        )
    )
    assert walk.task("x").path == ("sub",)
    walk.complete("x")
    assert walk.variables == {"seen": "local"}
    assert walk.complete("y").variables == {"seen": "local", "after": "changed"}


def calling(draw, mappings: str):
    called = draw.process(
        draw.begin("b"),
        draw.user(
            "inner", reads={"who": "${defined(name) ? name : 'nobody'}"}, writes={"result": "${answer}", "extra": "2"}
        ),
        draw.end("e"),
        draw.way("b", "inner", "e"),
        id="called",
    )
    return draw.read(
        draw.begin(),
        draw.element("callActivity", "call", calledElement="called", extra=mappings),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "call", "after", "end"),
        called__bpmn=draw.file(called),
    )


@pytest.mark.parametrize(
    ("mappings", "who", "left"),
    [
        ("", "nobody", {}),
        ('<camunda:in source="applicant" target="name"/>', "An", {}),
        ('<camunda:in sourceExpression="${upper(applicant)}" target="name"/>', "AN", {}),
        ('<camunda:in variables="all"/>', "Bình", {}),
        ('<camunda:in source="nobody_set_this" target="name"/>', "nobody", {}),
        ('<camunda:in businessKey="#{applicant}"/>', "nobody", {}),
        ('<camunda:out source="result" target="outcome"/>', "nobody", {"outcome": "yes"}),
        ('<camunda:out sourceExpression="${result + result}" target="outcome"/>', "nobody", {"outcome": "yesyes"}),
        ('<camunda:out variables="all"/>', "nobody", {"result": "yes", "extra": "2"}),
    ],
)
def test_only_what_is_mapped_crosses_into_a_called_process(draw, mappings, who, left):
    before = {"applicant": "An", "name": "Bình"}
    walk = draw.Walk(calling(draw, mappings), before)
    task = walk.task("inner")
    assert (task.path, task.inputs) == (("call",), {"who": who})
    assert walk.complete("inner", {"answer": "yes"}).variables == before | left


def consultation(draw, marker: str, kind: str = "user", **given):
    if kind == "user":
        activity = draw.user(
            "consult", marker, writes={"opinions": "${append(default(opinions, []), opinion)}"}, **given
        )
    else:
        inside = (
            draw.begin("b")
            + draw.user("ask")
            + draw.user("answer")
            + draw.end("e")
            + draw.way("b", "ask", "answer", "e")
        )
        activity = draw.element("subProcess", "consult", marker + inside)
    return draw.read(
        draw.begin(), activity, draw.user("after"), draw.end(), draw.way("begin", "consult", "after", "end")
    )


def agencies(walk) -> list[str]:
    return [task.inputs["agency"] for task in walk.step.ready]


def test_agencies_are_consulted_at_once_and_keep_their_names(draw):
    walk = draw.Walk(
        consultation(draw, draw.loop("${agencies}", "agency"), camunda__candidateGroups="${agency + '_officer'}"),
        {"agencies": ["finance", "construction", "environment"]},
    )
    assert agencies(walk) == ["finance", "construction", "environment"]
    assert walk.task("consult", agency="finance").role == "finance_officer"
    for agency in ("construction", "environment", "finance"):
        walk.complete("consult", {"opinion": agency[0]}, agency=agency)
    assert walk.ready == ["after"]
    assert walk.variables["opinions"] == ["c", "e", "f"]


def test_agencies_are_consulted_one_after_the_other(draw):
    walk = draw.Walk(
        consultation(draw, draw.loop("agencies", "agency", sequential=True)), {"agencies": ["a", "b", "c"]}
    )
    seen = []
    while walk.ready == ["consult"]:
        seen += agencies(walk)
        walk.complete("consult", {"opinion": 1})
    assert (seen, walk.ready) == (["a", "b", "c"], ["after"])


def test_nobody_to_consult_means_going_on(draw):
    assert draw.Walk(consultation(draw, draw.loop("agencies", "agency")), {"agencies": []}).ready == ["after"]


@pytest.mark.parametrize(
    "until", ["${nrOfCompletedInstances >= 2}", "${nrOfActiveInstances == 1}", "${len(opinions) == 2}"]
)
def test_two_answers_are_enough(draw, until):
    walk = draw.Walk(consultation(draw, draw.loop("agencies", "agency", until=until)), {"agencies": ["a", "b", "c"]})
    walk.complete("consult", {"opinion": 1}).complete("consult", {"opinion": 2})
    assert walk.ready == ["after"]
    assert [(p.element_id, p.outcome) for p in walk.step.passages] == [
        ("consult", "completed"),
        ("consult", "cancelled"),
    ]


def test_a_refusal_ends_the_consultation(draw):
    marker = draw.loop("agencies", "agency", until="${opinion == 'refuse'}")
    walk = draw.Walk(consultation(draw, marker), {"agencies": ["a", "b", "c"]})
    assert walk.complete("consult", {"opinion": "refuse"}).ready == ["after"]


def test_a_number_of_times(draw):
    assert draw.Walk(consultation(draw, draw.loop(times="${n + 1}")), {"n": 2}).ready == ["consult"] * 3
    with pytest.raises(StepFailed, match="1000"):
        draw.Walk(consultation(draw, draw.loop(times="${n}")), {"n": 10**9})


def test_a_collection_that_is_no_list_refuses_the_step(draw):
    for wrong in ("finance", {"a": 1}, 3, None):
        with pytest.raises(StepFailed, match="not a list"):
            draw.Walk(consultation(draw, draw.loop("agencies", "agency")), {"agencies": wrong})


def test_whole_sub_processes_run_beside_each_other(draw):
    walk = draw.Walk(consultation(draw, draw.loop("agencies", "agency"), "sub"), {"agencies": ["a", "b"]})
    assert [(task.element_id, task.inputs, task.path) for task in walk.step.ready] == [
        ("ask", {"agency": "a"}, ("consult",)),
        ("ask", {"agency": "b"}, ("consult",)),
    ]
    walk.complete("ask", agency="b").complete("answer", agency="b")
    assert walk.ready == ["ask"]
    assert walk.complete("ask").complete("answer").ready == ["after"]


def test_opinions_already_given_are_kept_when_time_runs_out(draw):
    marker = draw.loop("agencies", "agency")
    definition = draw.read(
        draw.begin(),
        draw.user("consult", marker, writes={"opinions": "${append(default(opinions, []), opinion)}"}),
        draw.boundary("silence", "consult", draw.timer("P7D")),
        draw.user("after"),
        draw.end(),
        draw.way("begin", "consult", "after", "end"),
        draw.way("silence", "after"),
    )
    walk = draw.Walk(definition, {"agencies": ["a", "b", "c"]})
    walk.complete("consult", {"opinion": "yes"}).wait(days=7)
    assert (walk.ready, walk.variables["opinions"]) == (["after"], ["yes"])


def test_a_consultation_can_be_held_again_in_a_loop(draw):
    definition = draw.read(
        draw.begin(),
        draw.element("exclusiveGateway", "again"),
        draw.user("consult", draw.loop("agencies", "agency")),
        draw.user("review", writes={"ok": "${ok}"}),
        draw.element("exclusiveGateway", "good", default="back"),
        draw.end(),
        draw.way("begin", "again", "consult", "review", "good"),
        draw.flow("good", "end", "${ok}"),
        draw.flow("good", "again", None, "back"),
    )
    walk = draw.Walk(definition, {"agencies": ["a", "b"]})
    for _ in range(3):
        walk.complete("consult").complete("consult").complete("review", {"ok": False})
    walk.complete("consult").complete("consult")
    assert walk.complete("review", {"ok": True}).step.ended
