"""Random walks through generated diagrams of all kinds of elements: saved and loaded at every step, or never."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.workflow import (
    Complete,
    Deliver,
    FireDueTimers,
    MessageNotAwaited,
    StepFailed,
    Surroundings,
    TaskNotReady,
    advance,
    inspect,
    read_definition,
    start,
)
from engine.workflow.driver import run_until_quiet
from engine.workflow.picture import picture_of
from engine.workflow.running import obey
from engine.workflow.runtime.instance import Instance
from tests.engine.workflow.test_saved_states import view

Drawn = tuple[str, str, str]
"""The XML of a block, the ids of its first and of its last element."""


class Sketch:
    """Draws random blocks, each with one way in and one way out."""

    def __init__(self, draw: Any, choice: Random) -> None:
        self.draw = draw
        self.choice = choice
        self.numbers: Iterator[int] = count()
        self.files: dict[str, bytes] = {}

    def block(self, depth: int) -> Drawn:
        leaves = (self.task, self.each, self.timer, self.message, self.race, self.repeated, self.done_and_undone)
        others = (
            self.row,
            self.branches,
            self.loop,
            self.inside,
            self.called,
            self.bounded,
            self.listening,
            self.undoing,
            self.transaction,
            self.instances,
            self.ad_hoc,
        )
        return self.choice.choice(leaves if depth == 0 else (*leaves[:3], *others))(depth - 1)

    def name(self) -> str:
        return f"n{next(self.numbers)}"

    def one(self, xml: str, name: str) -> Drawn:
        return xml, name, name

    # -- leaves -------------------------------------------------------------------------------------------------

    def task(self, depth: int) -> Drawn:
        name = self.name()
        return self.one(self.draw.user(name, writes={name: "${v}"}), name)

    def each(self, depth: int) -> Drawn:
        name = self.name()
        marker = self.draw.loop(
            "items",
            "item",
            sequential=self.choice.random() < 0.5,
            until=self.choice.choice([None, "${nrOfCompletedInstances >= 2}"]),
        )
        return self.one(self.draw.user(name, marker, writes={name: "${item}"}), name)

    def timer(self, depth: int) -> Drawn:
        name = self.name()
        return self.one(self.draw.element("intermediateCatchEvent", name, self.draw.timer(self.time())), name)

    def message(self, depth: int) -> Drawn:
        name = self.name()
        return self.one(
            self.draw.element("receiveTask", name, messageRef=self.letter(), writes={name: "${amount}"}), name
        )

    def repeated(self, depth: int) -> Drawn:
        name = self.name()
        before = str(self.choice.random() < 0.5).lower()
        marker = f"<bpmn:standardLoopCharacteristics loopMaximum='2' testBefore='{before}'/>"
        return self.one(self.draw.user(name, marker), name)

    def race(self, depth: int) -> Drawn:
        name, parts = self.name(), [self.timer(0), self.timer(0), self.message(0)]
        xml = self.draw.element("eventBasedGateway", name) + self.draw.element("exclusiveGateway", f"{name}_end")
        for inside, first, last in parts:
            xml += inside + self.draw.way(name, first) + self.draw.way(last, f"{name}_end")
        return xml, name, f"{name}_end"

    def done_and_undone(self, depth: int) -> Drawn:
        """A task that can be undone."""
        name = self.name()
        xml = self.draw.user(name) + self.draw.boundary(f"{name}_c", name, self.draw.event("compensate"))
        xml += self.draw.user(f"{name}_undo", isForCompensation="true")
        xml += (
            f"<bpmn:association id='{name}_a' associationDirection='One' sourceRef='{name}_c' targetRef='{name}_undo'/>"
        )
        return self.one(xml, name)

    def time(self) -> str:
        return self.choice.choice(["PT2H", "P1D", "P3D"])

    def letter(self) -> str:
        return f"message_{self.choice.choice('ab')}"

    # -- blocks around others -----------------------------------------------------------------------------------

    def row(self, depth: int) -> Drawn:
        parts = [self.block(depth) for _ in range(2)]
        flows = [self.draw.way(last, first) for (_, _, last), (_, first, _) in zip(parts, parts[1:], strict=False)]
        return "".join([xml for xml, _, _ in parts] + flows), parts[0][1], parts[-1][2]

    def branches(self, depth: int) -> Drawn:
        name, kind = self.name(), self.choice.choice(["parallel", "inclusive", "exclusive", "complex"])
        split = "parallelGateway" if kind == "complex" else f"{kind}Gateway"
        activation = "<bpmn:activationCondition>${activationCount >= 1}</bpmn:activationCondition>"
        xml = self.draw.element(split, name)
        xml += self.draw.element(f"{kind}Gateway", f"{name}_j", activation if kind == "complex" else "")
        for number in range(self.choice.choice([2, 3])):
            inside, first, last = self.block(depth)
            condition = f"${{v % {number + 1} == 0}}" if kind in ("inclusive", "exclusive") else None
            xml += inside + self.draw.flow(name, first, condition) + self.draw.flow(last, f"{name}_j")
        return xml, name, f"{name}_j"

    def loop(self, depth: int) -> Drawn:
        name = self.name()
        xml, first, last = self.block(depth)
        xml += self.draw.script(name, f"{name} = 0") + self.draw.script(f"{name}_p", f"{name} = {name} + 1")
        xml += self.draw.element("exclusiveGateway", f"{name}_m") + self.draw.element("task", f"{name}_o")
        xml += self.draw.element("exclusiveGateway", f"{name}_t", default=f"{name}_on")
        xml += self.draw.way(name, f"{name}_m", first) + self.draw.way(last, f"{name}_p", f"{name}_t")
        xml += self.draw.flow(f"{name}_t", f"{name}_m", f"${{{name} < 3}}")
        return xml + self.draw.flow(f"{name}_t", f"{name}_o", None, f"{name}_on"), name, f"{name}_o"

    def framed(self, name: str, depth: int, end: str = "") -> str:
        xml, first, last = self.block(depth)
        flows = self.draw.way(f"{name}_b", first) + self.draw.way(last, f"{name}_e")
        return self.draw.begin(f"{name}_b") + xml + self.draw.end(f"{name}_e", end) + flows

    def inside(self, depth: int) -> Drawn:
        name = self.name()
        return self.one(self.draw.element("subProcess", name, self.framed(name, depth)), name)

    def instances(self, depth: int) -> Drawn:
        name = self.name()
        marker = self.draw.loop("items", "item", sequential=self.choice.random() < 0.5)
        return self.one(self.draw.element("subProcess", name, marker + self.framed(name, depth)), name)

    def ad_hoc(self, depth: int) -> Drawn:
        name = self.name()
        parts = "".join(self.draw.user(self.name()) for _ in range(2))
        ordering = self.choice.choice(["Parallel", "Sequential"])
        return self.one(self.draw.element("adHocSubProcess", name, parts, ordering=ordering), name)

    def called(self, depth: int) -> Drawn:
        name = self.name()
        frame = self.draw.process(self.framed(name, depth), id=f"{name}_process")
        self.files[f"{name}__bpmn"] = self.draw.file(frame)
        crossing = "<camunda:in variables='all'/><camunda:out variables='all'/>"
        return self.one(self.draw.element("callActivity", name, calledElement=f"{name}_process", extra=crossing), name)

    def bounded(self, depth: int) -> Drawn:
        """A sub-process with a boundary event, which may stop it or come beside it."""
        xml, name, _ = self.inside(depth)
        happens = self.choice.choice(
            [
                self.draw.timer("P1D"),
                self.draw.timer("R2/P1D", "timeCycle"),
                self.draw.event("message", self.letter()),
            ]
        )
        xml += self.draw.boundary(f"{name}_w", name, happens, interrupting=self.choice.random() < 0.5)
        xml += self.draw.user(f"{name}_h") + self.draw.element("task", f"{name}_o")
        return (
            xml + self.draw.way(f"{name}_w", f"{name}_h", f"{name}_o") + self.draw.way(name, f"{name}_o"),
            name,
            f"{name}_o",
        )

    def listening(self, depth: int) -> Drawn:
        """A sub-process with an event sub-process in it."""
        name = self.name()
        happens = self.choice.choice([self.draw.timer("P1D"), self.draw.event("message", self.letter())])
        interrupting = str(self.choice.random() < 0.5).lower()
        handler = self.draw.element("startEvent", f"{name}_l", happens, isInterrupting=interrupting)
        handler += self.draw.user(f"{name}_h") + self.draw.end(f"{name}_he")
        handler += self.draw.way(f"{name}_l", f"{name}_h", f"{name}_he")
        inside = self.framed(name, depth) + self.draw.element(
            "subProcess", f"{name}_s", handler, triggeredByEvent="true"
        )
        return self.one(self.draw.element("subProcess", name, inside), name)

    def undoing(self, depth: int) -> Drawn:
        """A sub-process at whose end what was done in it is undone."""
        name = self.name()
        undone, first, last = self.done_and_undone(0)
        xml, other, after = self.block(depth)
        inside = self.draw.begin(f"{name}_b") + undone + xml + self.draw.end(f"{name}_e", self.draw.event("compensate"))
        inside += self.draw.way(f"{name}_b", first) + self.draw.way(last, other) + self.draw.way(after, f"{name}_e")
        return self.one(self.draw.element("subProcess", name, inside), name)

    def transaction(self, depth: int) -> Drawn:
        """A transaction that is cancelled when it comes to its end."""
        name = self.name()
        undone, first, last = self.done_and_undone(0)
        inside = self.draw.begin(f"{name}_b") + undone + self.draw.end(f"{name}_e", self.draw.event("cancel"))
        inside += self.draw.way(f"{name}_b", first) + self.draw.way(last, f"{name}_e")
        xml = self.draw.element("transaction", name, inside) + self.draw.element("task", f"{name}_o")
        xml += self.draw.boundary(f"{name}_x", name, self.draw.event("cancel"))
        return xml + self.draw.way(name, f"{name}_o") + self.draw.way(f"{name}_x", f"{name}_o"), name, f"{name}_o"


def command(step: Any, choice: Random) -> Any:
    """A random command, as a function from a step to the command (the ids differ between the two walks)."""
    awaited = sorted({wait.message for wait in step.waits if wait.message})
    kind = choice.random()
    if awaited and (kind < 0.3 or not step.ready):
        delivered = Deliver(choice.choice(awaited), {"amount": choice.randrange(9)})
        return lambda seen: delivered
    if not step.ready or kind < 0.4:
        return lambda seen: FireDueTimers()
    place, answers = choice.randrange(len(step.ready)), {"v": choice.randrange(1, 9)}
    return lambda seen: Complete(seen.ready[place].id, answers)


def outcome(action: Any, *arguments: Any) -> Any:
    """What the action gives, or the words in which it is refused."""
    try:
        return action(*arguments)
    except (StepFailed, TaskNotReady, MessageNotAwaited) as refused:
        return refused.message("vi")


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_a_walk_that_is_saved_at_every_step_equals_one_that_never_leaves_memory(draw, seed):
    walk_both_ways(draw, seed)


FRESH = """
import pickle, sys
from engine.workflow import Surroundings, advance, read_definition
files, state, command, now = pickle.load(sys.stdin.buffer)
step = advance(read_definition(files, "p"), state, command, Surroundings(now=now))
sys.stdout.buffer.write(pickle.dumps(step))
"""


@pytest.mark.parametrize("seed", [3, 8, 38])
def test_a_walk_whose_every_step_is_taken_by_a_new_process_is_the_same(draw, seed):
    def advance_elsewhere(files: dict[str, bytes], step: Any, command: Any, now: Any) -> Any:
        given = pickle.dumps((files, step.state, command, now))
        done = subprocess.run([sys.executable, "-c", FRESH], input=given, capture_output=True, check=False)
        return pickle.loads(done.stdout)

    assert walk_both_ways(draw, seed, advance_elsewhere, most=8) >= 6


def advance_here(files: dict[str, bytes], step: Any, command: Any, now: Any) -> Any:
    return advance(read_definition(files, "p"), step.state, command, Surroundings(now=now))


def walk_both_ways(draw: Any, seed: int, take: Any = advance_here, most: int = 40) -> int:
    """How many steps were taken and compared."""
    choice = Random(seed)
    sketch = Sketch(draw, choice)
    xml, first, last = sketch.block(3)
    parts = (draw.begin(), xml, draw.end(), draw.way("begin", first), draw.way(last, "end"))
    files = {name.replace("__", "."): content for name, content in sketch.files.items()}
    files["p.bpmn"] = draw.file(draw.process(*parts))
    definition = read_definition(files, "p")
    now, variables = draw.MORNING, {"v": 1, "items": ["x", "y", "z"]}
    live = Instance(definition.specs, "p", definition.decision_tables, Surroundings(now=now), loading=False)
    live.data.update(variables)
    try:
        saved = start(definition, variables, Surroundings(now=now))
    except StepFailed as failed:
        with pytest.raises(StepFailed, match="."):
            run_until_quiet(live)
        assert failed.message("vi")
        return 0
    run_until_quiet(live)
    for taken in range(most):
        kept = picture_of(live, b"")
        assert view(kept) == view(saved)
        if saved.ended:
            return taken
        assert inspect(definition, saved.state).ready == saved.ready
        now += timedelta(hours=choice.choice([0, 1, 7, 30]))
        live.surroundings = Surroundings(now=now)
        chosen = command(saved, choice)
        live.journal, live.sent = [], []
        refused = outcome(obey, live, chosen(kept))
        if refused is not None:
            assert outcome(advance_here, files, saved, chosen(saved), now) == refused
            return taken
        saved = take(files, saved, chosen(saved), now)
    return most
