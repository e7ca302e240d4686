"""The room's README names every rule, every function, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import engine.workflow
from engine.workflow.expressions.functions import BUILT_IN

ROOM = Path(engine.workflow.__file__).parent
README = (ROOM / "README.md").read_text(encoding="utf-8")
_RULE = re.compile(
    r"""(?:\.(?:add|warn|_add)\(|_add\(|rule = )\s*(?:findings,\s*)?f?"([a-z]+(?:-[a-z]+)+|unknown-\{event\.kind\})"""
)


def rules_in_the_code() -> set[str]:
    found: set[str] = set()
    for file in ROOM.rglob("*.py"):
        found |= set(_RULE.findall(file.read_text(encoding="utf-8")))
    found |= {"timer-syntax", "script-syntax", "expression-syntax", "unknown-function", "function-arguments"}
    if "unknown-{event.kind}" in found:
        found.remove("unknown-{event.kind}")
        found |= {f"unknown-{kind}" for kind in ("message", "signal", "error", "escalation")}
    return found


def test_every_rule_is_described_and_every_described_rule_exists():
    table = README.split("## Rules of the reading")[1]
    described = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table))
    assert described == rules_in_the_code()


def test_every_function_is_described():
    listed = set(re.findall(r"`(\w+)\(", README.split("Functions:")[1].split("##")[0]))
    assert listed == BUILT_IN.keys() | {"now", "today", "defined", "default"}
