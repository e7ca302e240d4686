"""What the BPMN 2.0 standard says of a model: its schema, its references, and the constraints of its tables."""

from engine.workflow.reading.standard.checking import check_standard
from engine.workflow.reading.standard.imports import IMPORT_RULES, Find
from engine.workflow.reading.standard.rules import RULES, Rule
from engine.workflow.reading.standard.schema import SCHEMA_RULES

__all__ = ["IMPORT_RULES", "RULES", "SCHEMA_RULES", "Find", "Rule", "check_standard"]
