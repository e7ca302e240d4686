"""Forms drawn with form-js: read from a file, checked again on the server at every submission."""

from engine.forms.presentation import document_in, facts_of, shown_answers
from engine.forms.reading import line_of, read_form
from engine.forms.refusals import FieldRefused, FormRefused, FormUnreadable
from engine.forms.schema import Field, FieldKind, Form, Part, Repeat
from engine.forms.validation import validate, visible_fields

__all__ = [
    "Field",
    "FieldKind",
    "FieldRefused",
    "Form",
    "FormRefused",
    "FormUnreadable",
    "Part",
    "Repeat",
    "document_in",
    "facts_of",
    "line_of",
    "read_form",
    "shown_answers",
    "validate",
    "visible_fields",
]
