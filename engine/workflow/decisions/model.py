"""What a decision is once it has been read: inputs, rules and outputs as callables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.workflow.decisions.unary_tests import UnaryTests
from engine.workflow.expressions import Expression


class HitPolicy(Enum):
    """What to do when several rules match."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(Enum):
    """How COLLECT makes one value of several."""

    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True)
class Input:
    """One input column."""

    label: str
    expression: Expression
    is_truth: bool
    """Whether the column says that its values are true or false."""


@dataclass(frozen=True, slots=True)
class Output:
    """One output column; `order` gives the list of its allowed values from the most to the least important."""

    name: str
    order: Expression | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a test for each input, a value for each output, and its number from 1."""

    number: int
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision table, or a decision made by a single expression (then `literal` is set and there are no rules)."""

    id: str
    name: str
    file: str
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    literal: Expression | None
    variable: str
    """The name under which a decision that requires this one sees its result."""
    required: tuple[str, ...]
    """Ids of the decisions whose results this one needs."""

    @property
    def is_single(self) -> bool:
        """Whether at most one result can come out."""
        several = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
        return self.hit_policy not in several or self.aggregation is not None
