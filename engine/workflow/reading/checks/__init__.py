"""What must hold of a diagram before it may be published; each rule has a stable name."""

from engine.workflow.reading.checks.circles import check_circles
from engine.workflow.reading.checks.expressions import check_expressions, function_calls
from engine.workflow.reading.checks.nesting import check_nesting
from engine.workflow.reading.checks.references import Surroundings, check_references
from engine.workflow.reading.checks.structure import check_structure

__all__ = [
    "Surroundings",
    "check_circles",
    "check_expressions",
    "check_nesting",
    "check_references",
    "check_structure",
    "function_calls",
]
