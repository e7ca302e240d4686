"""A workflow that is saved and loaded at every step is the same as one that never left memory."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from datetime import timedelta
from time import thread_time

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.workflow import (
    Complete,
    Deliver,
    FireDueTimers,
    MessageNotAwaited,
    StateUnreadable,
    StepFailed,
    Surroundings,
    TaskNotReady,
    advance,
    inspect,
    read_definition,
    start,
)
from engine.workflow.codec import dump_state, load_into, state_document
from engine.workflow.driver import run_until_quiet
from engine.workflow.picture import picture_of
from engine.workflow.running import obey
from engine.workflow.runtime.instance import Instance


def everything(draw):
    """Loops, parallel and inclusive blocks, sub-processes in loops, calls, consultations, timers and messages."""
    sub = draw.begin("sb") + draw.user("draft") + draw.element("exclusiveGateway", "sx")
    sub += draw.user("approve", writes={"approved": "${yes}"}) + draw.element(
        "exclusiveGateway", "sg", default="s_back"
    )
    sub += draw.end("se") + draw.way("sb", "sx", "draft", "approve", "sg")
    sub += draw.flow("sg", "se", "${approved}") + draw.flow("sg", "sx", None, "s_back")
    called = draw.process(
        draw.begin("cb"),
        draw.element("receiveTask", "pay", messageRef="message_a", writes={"paid": "${amount}"}),
        draw.boundary("unpaid", "pay", draw.timer("P5D")),
        draw.end("ce"),
        draw.way("cb", "pay", "ce"),
        draw.way("unpaid", "ce"),
        id="payment",
    )
    block = draw.begin("bb") + draw.element("parallelGateway", "fork") + draw.user("a", writes={"last": "${v}"})
    block += draw.element("inclusiveGateway", "maybe", default="m_none") + draw.user("b") + draw.user("c")
    block += draw.element("inclusiveGateway", "together") + draw.element("parallelGateway", "join") + draw.end("be")
    block += draw.way("bb", "fork", "a", "join", "be") + draw.way("fork", "maybe")
    block += draw.flow("maybe", "b", "${rounds % 2 == 0}") + draw.flow("maybe", "c", "${rounds % 3 == 0}")
    block += (
        draw.flow("maybe", "together", None, "m_none") + draw.way("b", "together", "join") + draw.way("c", "together")
    )
    return draw.read(
        draw.begin(),
        draw.element("exclusiveGateway", "again"),
        draw.user("examine", writes={"outcome": "${outcome}", "rounds": "${rounds + 1}"}),
        draw.boundary("remind", "examine", draw.timer("R2/P1D", "timeCycle"), interrupting=False),
        draw.user("reminded"),
        draw.element("exclusiveGateway", "what", default="w_block"),
        draw.user("consult", draw.loop("agencies", "agency", until="${nrOfCompletedInstances > 1 && yes}")),
        draw.boundary("silence", "consult", draw.timer("P3D")),
        draw.element(
            "callActivity", "call", calledElement="payment", extra="<camunda:out source='paid' target='paid'/>"
        ),
        draw.element("subProcess", "sub", sub),
        draw.boundary("withdrawn", "sub", draw.event("message", "message_b")),
        draw.element("subProcess", "block", block),
        draw.end(),
        draw.way("begin", "again", "examine", "what"),
        draw.way("remind", "reminded", "end"),
        draw.flow("what", "consult", "${outcome == 0}"),
        draw.flow("what", "call", "${outcome == 1}"),
        draw.flow("what", "sub", "${outcome == 2}"),
        draw.flow("what", "end", "${outcome == 9}"),
        draw.flow("what", "block", None, "w_block"),
        draw.way("consult", "again"),
        draw.way("silence", "again"),
        draw.way("call", "again"),
        draw.way("sub", "again"),
        draw.way("block", "again"),
        draw.way("withdrawn", "end"),
        payment__bpmn=draw.file(called),
    )


def view(step):
    """A step without the random ids."""
    tasks = sorted((t.element_id, t.path, str(t.inputs), str(t.due_at)) for t in step.ready)
    waits = sorted((w.element_id, w.kind, w.message, str(w.due_at), w.attached_to, w.path) for w in step.waits)
    passages = [(p.element_id, p.outcome, p.path) for p in step.passages]
    sent = [(m.name, dict(m.payload)) for m in step.sent]
    return tasks, waits, passages, sent, step.ended, step.next_due_at, dict(step.variables)


def commands(step, choice: random.Random):
    """A random command, as a function from a step to the command (the ids differ between the two walks)."""
    kind = choice.random()
    if kind < 0.1 or not step.ready:
        chosen = choice_of_message(step, choice)
        return lambda seen: chosen
    place = choice.randrange(len(step.ready))
    answers = {
        "outcome": choice.choice([0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 9]),
        "yes": choice.random() < 0.5,
        "v": choice.random(),
    }
    return lambda seen: Complete(seen.ready[place].id, answers)


def choice_of_message(step, choice: random.Random):
    awaited = sorted({wait.message for wait in step.waits if wait.message})
    if awaited and choice.random() < 0.5:
        return Deliver(choice.choice(awaited), {"amount": 5})
    return FireDueTimers()


@pytest.fixture(scope="module")
def definition(draw):
    return everything(draw)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_saving_and_loading_at_every_step_changes_nothing(definition, draw, seed):
    choice = random.Random(seed)
    now = draw.MORNING
    variables = {"rounds": 1, "agencies": ["x", "y", "z"], "yes": False}
    saved = start(definition, variables, Surroundings(now=now))
    live = Instance(definition.specs, "p", definition.decision_tables, Surroundings(now=now), loading=False)
    live.data.update(variables)
    run_until_quiet(live)
    for _ in range(60):
        kept = picture_of(live, b"")
        assert view(kept) == view(saved)
        assert inspect(definition, saved.state).ready == saved.ready
        if saved.ended:
            break
        now += timedelta(hours=choice.choice([0, 1, 7, 30]))
        surroundings = live.surroundings = Surroundings(now=now)
        command = commands(saved, choice)
        live.journal, live.sent = [], []
        try:
            after = advance(definition, saved.state, command(saved), surroundings)
        except (TaskNotReady, MessageNotAwaited) as refused:  # a deadline came first
            with pytest.raises(type(refused)):
                obey(live, command(kept))
            break
        obey(live, command(kept))
        saved = after
        assert len(saved.state) < 2000


def test_multi_instance_goes_on_in_a_process_that_only_loads_the_state(draw, tmp_path):
    source = draw.file(
        draw.process(
            draw.begin(),
            draw.user("consult", draw.loop("agencies", "agency", sequential=True)),
            draw.user("after"),
            draw.end(),
            draw.way("begin", "consult", "after", "end"),
        )
    )
    (tmp_path / "p.bpmn").write_bytes(source)
    step = start(
        read_definition({"p.bpmn": source}, "p"), {"agencies": ["x", "y", "z"]}, Surroundings(now=draw.MORNING)
    )
    program = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from engine.workflow import Complete, Surroundings, advance, inspect, read_definition\n"
        "folder = Path(sys.argv[1])\n"
        "definition = read_definition({'p.bpmn': (folder / 'p.bpmn').read_bytes()}, 'p')\n"
        "step = inspect(definition, (folder / 'state').read_bytes())\n"
        "now = Surroundings(now=datetime(2026, 1, 5, tzinfo=UTC))\n"
        "step = advance(definition, step.state, Complete(step.ready[0].id), now)\n"
        "(folder / 'state').write_bytes(step.state)\n"
        "print(step.ready[0].element_id, step.ready[0].inputs.get('agency'))\n"
    )
    (tmp_path / "state").write_bytes(step.state)
    seen = [
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    ]
    assert seen == ["consult y\n", "consult z\n", "after None\n"]


def test_one_definition_serves_many_threads(definition, draw):
    results: list[object] = []

    def walk(seed: int) -> None:
        choice = random.Random(seed)
        surroundings = Surroundings(now=draw.MORNING)
        variables = {"rounds": 1, "agencies": ["x", "y"], "yes": False}
        try:
            step = start(definition, variables, surroundings)
            for _ in range(40):
                if step.ended:
                    break
                step = advance(definition, step.state, commands(step, choice)(step), surroundings)
            results.append(view(step))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=walk, args=(7,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert all(result == results[0] for result in results)
    assert not isinstance(results[0], Exception)


def test_nothing_depends_on_the_order_of_keys(definition, draw):
    step = start(
        definition, {"rounds": 1, "agencies": [], "yes": False, "z": 1, "a": 2}, Surroundings(now=draw.MORNING)
    )
    document = state_document(step.state)
    turned = {key: document[key] for key in sorted(document, reverse=True)}
    turned["d"] = dict(sorted(turned["d"].items()))
    state = step.state[:4] + zstandard.ZstdCompressor().compress(orjson.dumps(turned))
    assert inspect(definition, state).ready == step.ready
    assert inspect(definition, state).variables == step.variables


def test_a_damaged_or_foreign_state_is_said_to_be_unreadable(definition, draw):
    state = start(definition, {"rounds": 1}, Surroundings(now=draw.MORNING)).state
    other = draw.read(draw.begin(), draw.user("other"), draw.end(), draw.way("begin", "other", "end"))
    for damaged in (b"x", b"{}", state[:20], state[:4] + b"\0" * 40, b"MCW\x63" + state[4:], state[:-3] + b"\0\0\0"):
        with pytest.raises(StateUnreadable):
            inspect(definition, damaged)
    with pytest.raises(StateUnreadable):
        inspect(other, state)


def test_no_flipped_bit_is_taken_for_a_state(definition, draw):
    state = start(definition, {"rounds": 1, "name": "An"}, Surroundings(now=draw.MORNING)).state
    sound = inspect(definition, state)
    for place in range(len(state)):
        for bit in range(8):
            damaged = bytearray(state)
            damaged[place] ^= 1 << bit
            try:
                seen = inspect(definition, bytes(damaged))
            except StateUnreadable:
                continue
            assert (seen.ready, seen.waits, seen.variables) == (sound.ready, sound.waits, sound.variables)
    for length in range(1, len(state)):
        with pytest.raises(StateUnreadable):
            inspect(definition, state[:length])
    with pytest.raises(StateUnreadable):
        inspect(definition, state + b"more")


def test_a_state_of_another_process_with_the_same_elements_is_unreadable(draw):
    def drawn(process_id):
        parts = (draw.begin(), draw.user("work"), draw.end(), draw.way("begin", "work", "end"))
        return read_definition({"p.bpmn": draw.file(draw.process(*parts, id=process_id))}, process_id)

    state = start(drawn("fees"), {}, Surroundings(now=draw.MORNING)).state
    with pytest.raises(StateUnreadable, match="another process"):
        inspect(drawn("permits"), state)


@pytest.mark.parametrize(
    "value",
    [{"$": ["decimal", "x"]}, {"$": ["duration", [10**12, 0, 0]]}, {"$": ["datetime", "soon"]}, {"$": ["?", 1]}],
)
def test_a_value_that_means_nothing_makes_a_state_unreadable(definition, draw, value):
    document = state_document(start(definition, {"rounds": 1}, Surroundings(now=draw.MORNING)).state)
    document["d"]["rounds"] = value
    with pytest.raises(StateUnreadable):
        inspect(definition, b"MCW\x01" + zstandard.ZstdCompressor().compress(orjson.dumps(document)))


def test_a_state_that_claims_to_be_enormous_takes_no_memory(definition):
    frame = zstandard.ZstdCompressor().compress(b"{" + b" " * 60_000_000 + b"}")
    with pytest.raises(StateUnreadable, match="too large"):
        inspect(definition, b"MCW\x01" + frame)


def test_a_state_that_nobody_could_load_again_is_not_saved(draw):
    definition = draw.read(draw.begin(), draw.user("work"), draw.end(), draw.way("begin", "work", "end"))
    with pytest.raises(StepFailed, match="too large"):
        start(definition, {"text": "x" * 6_000_000}, Surroundings(now=draw.MORNING))


def test_a_step_costs_about_a_millisecond(definition, draw):
    surroundings = Surroundings(now=draw.MORNING)
    step = start(definition, {"rounds": 1, "agencies": ["x"], "yes": True}, surroundings)
    choice = random.Random(1)
    spent = []
    for _ in range(300):
        command = Complete(
            choice.choice(step.ready).id, {"outcome": choice.choice([0, 2, 3]), "yes": choice.random() < 0.7, "v": 1}
        )
        began = thread_time()
        step = advance(definition, step.state, command, surroundings)
        spent.append(thread_time() - began)
    assert sorted(spent)[150] < 0.004


def test_what_was_loaded_is_saved_the_same(definition, draw):
    state = start(definition, {"rounds": 1}, Surroundings(now=draw.MORNING)).state
    instance = Instance(definition.specs, "p", definition.decision_tables, Surroundings(now=draw.MORNING), loading=True)
    load_into(instance, state_document(state))
    assert dump_state(instance) == state
