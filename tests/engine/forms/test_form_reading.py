"""A broken form file is refused with the place, the mistake and the remedy, in both languages."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import FormUnreadable, read_form
from tests.engine.forms.form_samples import choices, component, document, form_of


def refusal_of(content: bytes) -> FormUnreadable:
    with pytest.raises(FormUnreadable) as refused:
        read_form(content)
    return refused.value


def test_broken_json_names_line_and_column() -> None:
    refused = refusal_of(b'{\n  "type": "default",\n  "components": [,]\n}')
    assert "dòng 3" in refused.message("vi")
    assert "line 3" in refused.message("en")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'"x"', b"\xff\xfe", b'{"type": "process"}'])
def test_what_is_not_a_form_is_refused(content: bytes) -> None:
    assert refusal_of(content).problems


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (component("expression", "total"), "expression"),
        (component("hologram", "x"), "hologram"),
        (component("textfield", "9lives"), "9lives"),
        (component("textfield", "typename"), "typename"),
        (component("textfield", "a", validate={"pattern": "("}), "regular expression"),
        (component("textfield", "a", validate={"pattern": "(a+)+$"}), "hang the server"),
        (component("number", "a", validate={"min": "=x + 1"}), "fixed number"),
        (component("select", "a", values=[]), "choices"),
        (component("select", "a", values=[{"label": "x", "value": {"a": 1}}]), "choices"),
        (component("select", "a", valuesExpression="=for x in y return x"), "source"),
        (component("textfield", "a", conditional={"hide": "=case =="}), "hide condition"),
        (component("datetime", "a", subtype="century"), "subtype"),
        ({"type": "dynamiclist", "id": "List_1", "components": []}, "path"),
        ({"type": "group", "id": "Group_1", "components": "x"}, "components"),
    ],
)
def test_every_mistake_names_field_and_remedy(broken: dict[str, object], said: str) -> None:
    refused = refusal_of(document(component("textfield", "fine"), broken))
    assert said in refused.message("en")
    assert refused.problems[0].line is not None
    assert refused.problems[0].what.vi


def test_all_mistakes_are_reported_together() -> None:
    refused = refusal_of(
        document(component("hologram", "a"), component("textfield", "9"), component("expression", "b"))
    )
    assert [problem.field for problem in refused.problems] == ["a", "9", "b"]


@pytest.mark.parametrize("keys", [("a", "a"), ("a", "a.b")])
def test_two_fields_cannot_share_a_key(keys: tuple[str, str]) -> None:
    assert refusal_of(document(*(component("textfield", key) for key in keys))).problems


def test_a_newer_schema_is_refused() -> None:
    assert "newer" in refusal_of(b'{"type": "default", "id": "x", "schemaVersion": 20}').message("en")


def test_what_only_documents_is_passed_over_and_groups_nest_the_keys() -> None:
    form = form_of(
        {"type": "text", "id": "T", "text": "# Nhắc nhở"},
        {"type": "separator", "id": "S"},
        {
            "type": "group", "id": "G", "path": "project", "conditional": {"hide": '=case = "new"'},
            "components": [component("textfield", "name", properties={"label_en": "Project name"})],
        },
        {"type": "dynamiclist", "id": "L", "path": "sites", "components": [component("textfield", "address")]},
    )  # fmt: skip
    assert [part.key for part in form.parts] == ["project.name", "sites"]
    field = form.field("project.name")
    assert field is not None
    assert field.label.en == "Project name"
    assert len(field.hidden_when) == 1


def test_choices_carry_both_languages() -> None:
    form = form_of(
        component("radio", "case", values=choices("new"), properties={"value_en:new": "New card"}),
        component("select", "officer", valuesKey="officers"),
    )
    case, officer = form.fields()
    assert (case.choices[0].label.vi, case.choices[0].label.en) == ("NEW", "New card")
    assert officer.choices_from == "officers"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
attributes = st.sampled_from(
    ["key", "label", "validate", "values", "valuesKey", "conditional", "path", "properties", "components", "subtype",
     "decimalDigits", "increment", "id", "required", "min", "pattern", "hide"]
)  # fmt: skip
kinds = st.sampled_from(["textfield", "number", "select", "radio", "group", "dynamiclist", "datetime", "text", "x"])
components = st.recursive(
    st.dictionaries(attributes, json_values, max_size=4),
    lambda inner: st.builds(lambda c, i, k: {**c, "components": i, "type": k}, st.dictionaries(attributes, json_values),
                            st.lists(inner, max_size=3), kinds),
    max_leaves=6,
)  # fmt: skip


@given(st.lists(st.builds(lambda c, k: {"type": k, **c}, components, kinds), max_size=4))
def test_any_json_is_either_a_form_or_refused(found: list[dict[str, object]]) -> None:
    try:
        content = orjson.dumps({"type": "default", "id": "x", "schemaVersion": 19, "components": found})
    except orjson.JSONEncodeError:
        return
    try:
        read_form(content)
    except FormUnreadable as refused:
        assert refused.message("vi")
        assert refused.message("en")
