"""Random diagrams of nested blocks run exactly as a few lines of plain reasoning about the blocks say they should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

KINDS = ("task", "sequence", "all", "one", "some", "loop", "inside", "called", "each")


@dataclass
class Block:
    """A piece of a diagram with one way in and one way out."""

    kind: str
    name: str
    parts: list[Block] = field(default_factory=list)
    chosen: tuple[int, ...] = ()
    times: int = 1


def generate(choice: Random, depth: int, numbers: Iterator[int]) -> Block:
    name = f"n{next(numbers)}"
    kind = choice.choice(KINDS) if depth else choice.choice(("task", "each"))
    if kind in ("task", "each"):
        return Block(kind, name, times=choice.randint(1, 3))
    size = 1 if kind in ("loop", "inside", "called") else choice.randint(2, 3)
    parts = [generate(choice, depth - 1, numbers) for _ in range(size)]
    chosen = tuple(sorted(choice.sample(range(size), 1 if kind == "one" else choice.randint(1, size))))
    return Block(kind, name, parts, chosen, choice.randint(1, 3))


class Reasoning:
    """What should be open while a block runs, thought out without tokens, trees or states."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.left = block.times
        self.open: list[Reasoning] = []
        self.rest: list[Block] = []
        self.waiting = block.times if block.kind == "each" else 1 if block.kind == "task" else 0
        if block.kind in ("all", "one", "some"):
            places = range(len(block.parts)) if block.kind == "all" else block.chosen
            self.open = [Reasoning(block.parts[place]) for place in places]
        elif block.parts:
            self.open, self.rest = [Reasoning(block.parts[0])], block.parts[1:]

    @property
    def ready(self) -> list[str]:
        return sorted([self.block.name] * self.waiting + [name for part in self.open for name in part.ready])

    def complete(self, name: str) -> bool:
        """Complete one open task of this name; True if it was here."""
        if self.waiting and self.block.name == name:
            self.waiting -= 1
            return True
        found = next((part for part in self.open if part.complete(name)), None)
        if found is not None and not found.ready:
            self.open.remove(found)
            self._go_on()
        return found is not None

    def _go_on(self) -> None:
        if self.block.kind == "sequence" and self.rest:
            self.open = [Reasoning(self.rest.pop(0))]
        elif self.block.kind == "loop" and self.left > 1:
            self.left -= 1
            self.open = [Reasoning(self.block.parts[0])]


class Drawing:
    """Draws a block; called processes are collected as files."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.files: dict[str, bytes] = {}

    def block(self, block: Block) -> tuple[str, str, str]:
        """The XML, the first and the last element's id."""
        return getattr(self, f"_{block.kind}")(block)

    def _task(self, block: Block) -> tuple[str, str, str]:
        return self.draw.user(block.name), block.name, block.name

    def _each(self, block: Block) -> tuple[str, str, str]:
        return self.draw.user(block.name, self.draw.loop(times=str(block.times))), block.name, block.name

    def _sequence(self, block: Block) -> tuple[str, str, str]:
        drawn = [self.block(part) for part in block.parts]
        flows = [self.draw.flow(last, first) for (_, _, last), (_, first, _) in zip(drawn, drawn[1:], strict=False)]
        return "".join([xml for xml, _, _ in drawn] + flows), drawn[0][1], drawn[-1][2]

    def _branches(self, block: Block, gateway: str, conditions: bool) -> tuple[str, str, str]:
        split, join = f"{block.name}_split", f"{block.name}_join"
        xml = self.draw.element(gateway, split) + self.draw.element(gateway, join)
        for place, part in enumerate(block.parts):
            inside, first, last = self.block(part)
            condition = f"${{{str(place in block.chosen).lower()}}}" if conditions else None
            xml += inside + self.draw.flow(split, first, condition) + self.draw.flow(last, join)
        return xml, split, join

    def _all(self, block: Block) -> tuple[str, str, str]:
        return self._branches(block, "parallelGateway", False)

    def _one(self, block: Block) -> tuple[str, str, str]:
        return self._branches(block, "exclusiveGateway", True)

    def _some(self, block: Block) -> tuple[str, str, str]:
        return self._branches(block, "inclusiveGateway", True)

    def _loop(self, block: Block) -> tuple[str, str, str]:
        name = block.name
        inside, first, last = self.block(block.parts[0])
        begin, merge, plus, test = f"{name}_zero", f"{name}_merge", f"{name}_plus", f"{name}_test"
        out = f"{name}_out"
        xml = inside + self.draw.script(begin, f"{name} = 0") + self.draw.script(plus, f"{name} = {name} + 1")
        xml += self.draw.element("exclusiveGateway", merge) + self.draw.element("task", out)
        xml += self.draw.element("exclusiveGateway", test, default=f"{name}_on")
        xml += self.draw.way(begin, merge, first) + self.draw.way(last, plus, test)
        xml += self.draw.flow(test, merge, f"${{{name} < {block.times}}}") + self.draw.flow(
            test, out, None, f"{name}_on"
        )
        return xml, begin, out

    def _framed(self, block: Block) -> str:
        inside, first, last = self.block(block.parts[0])
        begin, end = f"{block.name}_begin", f"{block.name}_end"
        flows = self.draw.flow(begin, first) + self.draw.flow(last, end)
        return self.draw.begin(begin) + inside + self.draw.end(end) + flows

    def _inside(self, block: Block) -> tuple[str, str, str]:
        return self.draw.element("subProcess", block.name, self._framed(block)), block.name, block.name

    def _called(self, block: Block) -> tuple[str, str, str]:
        called = f"{block.name}_process"
        self.files[f"{called}__bpmn"] = self.draw.file(self.draw.process(self._framed(block), id=called))
        return self.draw.element("callActivity", block.name, calledElement=called), block.name, block.name


@settings(max_examples=120)
@given(seed=st.integers(0, 2**32))
def test_a_diagram_of_nested_blocks_runs_as_its_blocks_say(draw, seed):
    choice = Random(seed)
    block = generate(choice, 4, count())
    drawing = Drawing(draw)
    xml, first, last = drawing.block(block)
    definition = draw.read(
        draw.begin(), xml, draw.end(), draw.flow("begin", first), draw.flow(last, "end"), **drawing.files
    )
    walk, expected = draw.Walk(definition), Reasoning(block)
    for _ in range(400):
        assert walk.ready == expected.ready
        if walk.step.ended or not walk.ready:
            break
        name = choice.choice(walk.ready)
        walk.complete(name)
        assert expected.complete(name)
        assert len(walk.step.state) < 4096
    assert walk.step.ended == (not expected.ready)
