"""Every rule of the standard fires on an example that breaks it and is silent on one that keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from engine.workflow.reading.standard import RULES, SCHEMA_RULES

EXAMPLES = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text(encoding="utf-8"))


def test_every_rule_has_its_examples():
    assert set(EXAMPLES) == RULES.keys() | SCHEMA_RULES.keys()


@pytest.mark.parametrize("rule", EXAMPLES)
def test_an_example_that_breaks_the_rule_is_found(broken_rules, rule):
    assert rule in broken_rules(EXAMPLES[rule]["broken"])


@pytest.mark.parametrize("rule", EXAMPLES)
def test_an_example_that_keeps_the_rule_is_left_alone(broken_rules, rule):
    found = broken_rules(EXAMPLES[rule]["kept"])
    assert rule not in found
    assert "error" not in found.values()


def test_every_rule_says_what_is_wrong_and_what_to_do_in_both_languages():
    for rule in RULES.values():
        assert all((rule.vi, rule.en, rule.remedy_vi, rule.remedy_en)), rule.name
