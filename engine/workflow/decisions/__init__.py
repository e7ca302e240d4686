"""Decision tables (DMN 1.1 to 1.3): read them, and evaluate them as the standard says."""

from engine.workflow.decisions.evaluation import DecisionFailed, evaluate_decision, in_own_shape
from engine.workflow.decisions.model import Decision
from engine.workflow.decisions.reading import read_decisions

__all__ = ["Decision", "DecisionFailed", "evaluate_decision", "in_own_shape", "read_decisions"]
