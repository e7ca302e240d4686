"""The server judges every submission itself: what the browser lets through may still be refused."""

from __future__ import annotations

import string
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import Form, FormRefused, facts_of, shown_answers, validate, visible_fields
from tests.engine.forms.form_samples import choices, component, form_of

NUMBER = "^[0-9]{4}-[0-9]{2}$"
CASES = choices("new", "exchange", "reissue")
CARD = form_of(
    component(
        "radio", "case", label="Trường hợp", values=CASES, validate={"required": True}
    ),
    component("textfield", "name", label="Họ và tên", validate={"required": True, "minLength": 2, "maxLength": 60}),
    component(
        "textfield", "number", validate={"pattern": NUMBER, "patternErrorMessage": "Ví dụ: 0123-22"}
    ),
    component("textfield", "mail", validate={"validationType": "email"}),
    component("textfield", "phone", validate={"validationType": "phone"}),
    component("textarea", "note"),
    component("number", "pages", decimalDigits=0, validate={"min": 1, "max": 5000}),
    component("number", "area", decimalDigits=2, increment="0.25"),
    component("number", "capital", serializeToString=True),
    component("checkbox", "exempt"),
    component("checklist", "languages", values=choices("vi", "en", "zh")),
    component("taglist", "consulted", valuesKey="units"),
    component("select", "officer", valuesKey="officers"),
    component("datetime", "born_on", subtype="date"),
    component("datetime", "opens_at", subtype="time", timeSerializingFormat="no_timezone"),
    component("datetime", "starts_at", subtype="datetime", timeSerializingFormat="no_timezone"),
    component("filepicker", "photo"),
    component("textfield", "old_number", conditional={"hide": '=case = "new"'}, validate={"required": True}),
    component("textfield", "shown_only", disabled=True),
    {
        "type": "dynamiclist", "id": "L", "path": "sites", "label": "Địa điểm",
        "components": [
            component("textfield", "address", validate={"required": True}),
            component("number", "size", conditional={"hide": '=address = "none" or case = "exchange"'}),
        ],
    },
    {"type": "group", "id": "G", "path": "project", "components": [component("textfield", "title")]},
)  # fmt: skip
FACTS = {"officers": [{"value": "thuy", "label": "Thủy"}], "units": ["TNMT", "CA"], "today": date(2022, 3, 22)}
LEAST = {"case": "new", "name": "Nguyễn Thị Đào"}


def accepted(answers: Any, form: Form = CARD) -> dict[str, Any]:
    return validate(form, answers, FACTS)


def refused_fields(answers: Any, form: Form = CARD) -> dict[str, str]:
    with pytest.raises(FormRefused) as refused:
        validate(form, answers, FACTS)
    assert refused.value.message("vi")
    return {key: type(refusal).__name__ for key, refusal in refused.value.fields.items()}


def test_the_least_that_may_be_filled_in_is_enough() -> None:
    assert accepted(LEAST) == {**LEAST, "exempt": False}


def test_an_empty_field_is_left_out_and_texts_are_trimmed_and_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "  Nguyễn Thị Đào ")
    answers = accepted({"case": "new", "name": decomposed, "note": "", "pages": None, "languages": []})
    assert answers == {**LEAST, "exempt": False}


@pytest.mark.parametrize(
    ("answers", "key", "refusal"),
    [
        ({"name": ""}, "name", "FieldMissing"),
        ({"name": "   "}, "name", "FieldMissing"),
        ({"name": None}, "name", "FieldMissing"),
        ({"name": "Đ"}, "name", "TooShort"),
        ({"name": "Đ" * 61}, "name", "TooLong"),
        ({"name": 7}, "name", "WrongType"),
        ({"name": ["Đào"]}, "name", "WrongType"),
        ({"name": "Đào\x00"}, "name", "UnreadableText"),
        ({"name": "Đào\nMai"}, "name", "UnreadableText"),
        ({"name": "Đào\ud800"}, "name", "UnreadableText"),
        ({"number": "0123-22x"}, "number", "WrongPattern"),
        ({"number": "٠١٢٣-٢٢"}, "number", "WrongPattern"),
        ({"mail": "đào@"}, "mail", "WrongPattern"),
        ({"phone": "912345678"}, "phone", "WrongPattern"),
        ({"note": "x" * 20_001}, "note", "TooLong"),
        ({"pages": 0}, "pages", "TooSmall"),
        ({"pages": 5001}, "pages", "TooLarge"),
        ({"pages": 10**40}, "pages", "TooLarge"),
        ({"pages": 10**4000}, "pages", "TooLarge"),
        ({"pages": -(10**4000)}, "pages", "TooSmall"),
        ({"pages": 1.5}, "pages", "TooManyDecimals"),
        ({"pages": "12"}, "pages", "WrongType"),
        ({"pages": True}, "pages", "WrongType"),
        ({"pages": float("nan")}, "pages", "WrongType"),
        ({"area": 0.3}, "area", "NotAMultiple"),
        ({"capital": 5}, "capital", "WrongType"),
        ({"capital": "5e3"}, "capital", "WrongType"),
        ({"exempt": "yes"}, "exempt", "WrongType"),
        ({"case": "free", "old_number": "1"}, "case", "NotAChoice"),
        ({"case": ["new"], "old_number": "1"}, "case", "NotAChoice"),
        ({"languages": "vi"}, "languages", "WrongType"),
        ({"languages": ["vi", "ja"]}, "languages", "NotAChoice"),
        ({"languages": ["vi", "vi"]}, "languages", "ChosenTwice"),
        ({"consulted": ["XD"]}, "consulted", "NotAChoice"),
        ({"officer": "nobody"}, "officer", "NotAChoice"),
        ({"born_on": "22/03/2022"}, "born_on", "WrongDate"),
        ({"born_on": "2022-02-30"}, "born_on", "WrongDate"),
        ({"born_on": 20220322}, "born_on", "WrongDate"),
        ({"opens_at": "24:30"}, "opens_at", "WrongDate"),
        ({"starts_at": "2022-03-22"}, "starts_at", "WrongDate"),
        ({"photo": "/etc/passwd"}, "photo", "WrongType"),
        ({"shown_only": "x"}, "shown_only", "UnknownField"),
        ({"stranger": 1}, "stranger", "UnknownField"),
        ({"project": {"stranger": 1}}, "project.stranger", "UnknownField"),
        ({"project": "x"}, "project", "WrongType"),
        ({"sites": "x"}, "sites", "WrongType"),
        ({"sites": ["x"]}, "sites.0", "WrongType"),
        ({"sites": [{"address": "A"}, {}]}, "sites.1.address", "FieldMissing"),
        ({"sites": [{"address": "A", "x": 1}]}, "sites.0.x", "UnknownField"),
        ({"sites": [{"address": "A"}] * 201}, "sites", "TooLong"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(answers: dict[str, Any], key: str, refusal: str) -> None:
    assert refused_fields({**LEAST, **answers}) == {key: refusal}


def test_every_wrong_field_is_named_at_once_with_its_label() -> None:
    with pytest.raises(FormRefused) as refused:
        validate(CARD, {"pages": 0}, FACTS)
    assert set(refused.value.fields) == {"case", "name", "pages", "old_number"}
    assert "Họ và tên" in refused.value.fields["name"].message("vi")


def test_a_hidden_field_is_not_required_and_its_answer_is_dropped() -> None:
    assert "old_number" not in accepted({**LEAST, "old_number": "smuggled"})
    assert refused_fields({**LEAST, "case": "reissue"}) == {"old_number": "FieldMissing"}


def test_a_condition_inside_a_list_sees_its_own_entry_and_the_form() -> None:
    sites = [{"address": "none", "size": 3}, {"address": "Kỳ Lừa", "size": 3}]
    assert accepted({**LEAST, "sites": sites})["sites"] == [{"address": "none"}, {"address": "Kỳ Lừa", "size": 3}]


def test_what_hangs_on_a_hidden_answer_is_judged_without_it() -> None:
    form = form_of(
        component("checkbox", "foreign"),
        component("textfield", "country", conditional={"hide": "=not(foreign)"}),
        component("textfield", "visa", conditional={"hide": '=not(country = "X")'}),
    )
    assert validate(form, {"foreign": False, "country": "X", "visa": "1"}, {}) == {"foreign": False}
    assert validate(form, {"foreign": True, "country": "X", "visa": "1"}, {})["visa"] == "1"
    assert validate(form, {"foreign": True, "country": "Y", "visa": "1"}, {}) == {"foreign": True, "country": "Y"}


def test_facts_decide_beneath_the_answers() -> None:
    form = form_of(
        component("textfield", "reason", conditional={"hide": "=fee_exempt = false"}, validate={"required": True})
    )
    assert validate(form, {}, {"fee_exempt": False}) == {}
    with pytest.raises(FormRefused):
        validate(form, {}, {"fee_exempt": True})


def test_a_required_box_must_be_ticked() -> None:
    form = form_of(component("checkbox", "sworn", validate={"required": True}))
    assert refused_fields({"sworn": False}, form) == {"sworn": "FieldMissing"}


def test_no_is_an_answer_to_a_required_question() -> None:
    values = [{"value": True, "label": "Có"}, {"value": False, "label": "Không"}]
    form = form_of(component("radio", "found", values=values, validate={"required": True}))
    assert validate(form, {"found": False}, {}) == {"found": False}
    assert refused_fields({"found": "false"}, form) == {"found": "NotAChoice"}
    assert refused_fields({"found": 0}, form) == {"found": "NotAChoice"}


def test_a_past_date_is_judged_by_the_day_that_the_facts_give() -> None:
    form = form_of(component("datetime", "on", subtype="date", disallowPassedDates=True))
    assert refused_fields({"on": "2022-03-21"}, form) == {"on": "DateInThePast"}
    assert accepted({"on": "2022-03-22"}, form) == {"on": "2022-03-22"}


@pytest.mark.parametrize(
    "answers",
    [
        {"typename": "x"},
        {"name": {"typename": "UUID"}},
        {"sites": [{"address": [{"typename": 1}]}]},
        {"unknown": {"deep": [{"typename": None}]}},
    ],
)
def test_the_key_typename_is_refused_at_any_depth(answers: dict[str, Any]) -> None:
    assert list(refused_fields({**LEAST, **answers}).values()) == ["ReservedKey"]


def test_what_is_too_much_is_refused_before_it_is_looked_at() -> None:
    deep: Any = "x"
    for _ in range(20_000):
        deep = [deep]
    assert refused_fields({"name": deep}) == {"": "TooMuch"}
    assert refused_fields({"name": ["x"] * 6_000}) == {"": "TooMuch"}
    assert refused_fields({"name": "x" * 600_000}) == {"": "TooMuch"}


@pytest.mark.parametrize("answers", [None, [], "x", 5, True])
def test_what_is_not_a_set_of_answers_is_refused(answers: Any) -> None:
    assert refused_fields(answers) == {"": "WrongType"}


def test_answers_become_facts_and_words() -> None:
    answers = accepted({**LEAST, "born_on": "1985-02-03", "languages": ["vi", "en"], "pages": 12.0})
    facts = facts_of(CARD, answers)
    assert facts["born_on"] == date(1985, 2, 3)
    assert facts["officer"] is None
    assert facts["pages"] == 12
    assert ("Born_on", "03/02/1985") in shown_answers(CARD, answers, "vi")
    assert ("Languages", "VI, EN") in shown_answers(CARD, answers, "vi")
    assert ("Exempt", "Không") in shown_answers(CARD, answers, "vi")
    assert "old_number" not in [field.key for field in visible_fields(CARD, answers, FACTS)]


words = st.text(string.ascii_letters + "ăâđêôơưạảấ ", min_size=2, max_size=60).map(
    lambda text: unicodedata.normalize("NFC", text).strip()
).filter(lambda text: len(text) >= 2)  # fmt: skip
dates = st.dates().map(date.isoformat)
valid_sites = st.lists(
    st.fixed_dictionaries({"address": words.filter(lambda w: w != "none")}, optional={"size": st.integers(0, 10**9)}),
    min_size=1, max_size=4,
)  # fmt: skip
valid_answers = st.fixed_dictionaries(
    {"case": st.just("reissue"), "name": words, "exempt": st.booleans(), "old_number": words},
    optional={
        "number": st.from_regex(r"[0-9]{4}-[0-9]{2}", fullmatch=True),
        "phone": st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
        "note": words,
        "pages": st.integers(1, 5000),
        "area": st.integers(-4000, 4000).map(lambda quarters: quarters / 4),
        "capital": st.decimals(0, 10**9, places=3).map(str),
        "languages": st.lists(st.sampled_from(["vi", "en", "zh"]), unique=True, min_size=1),
        "consulted": st.just(["CA"]),
        "officer": st.just("thuy"),
        "born_on": dates,
        "opens_at": st.times().map(lambda t: t.strftime("%H:%M")),
        "photo": st.just("files::a-1"),
        "sites": valid_sites,
        "project": st.fixed_dictionaries({"title": words}),
    },
)


@given(valid_answers)
def test_valid_answers_come_back_unchanged_and_cleaning_twice_changes_nothing(answers: dict[str, Any]) -> None:
    once = accepted(answers)
    assert once == answers
    assert accepted(once) == once


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | dates,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["address", "size", "title", "typename", "value"]) | st.text(max_size=4), inner, max_size=4
    ),
    max_leaves=10,
)  # fmt: skip
keys = st.sampled_from([part.key for part in CARD.parts] + ["project", "typename", "x"]) | st.text(max_size=4)


@given(st.dictionaries(keys, anything, max_size=8) | anything)
def test_whatever_is_sent_is_either_cleaned_or_refused_with_words(answers: Any) -> None:
    try:
        cleaned = validate(CARD, answers, FACTS)
    except FormRefused as refused:
        assert refused.message("vi")
        assert refused.message("en")
        assert all(refusal.message("vi") for refusal in refused.fields.values())
    else:
        assert accepted(cleaned) == cleaned


def test_numbers_are_shown_as_each_language_writes_them_with_their_unit() -> None:
    form = form_of(
        component("number", "area", appearance={"suffixAdorner": "ha"}),
        component("number", "capital", appearance={"suffixAdorner": "đồng"}, properties={"suffix_en": "VND"}),
    )
    answers = {"area": 4.5, "capital": 120000000000}
    assert [value for _, value in shown_answers(form, answers, "vi")] == ["4,5 ha", "120.000.000.000 đồng"]
    assert [value for _, value in shown_answers(form, answers, "en")] == ["4.5 ha", "120,000,000,000 VND"]


def test_a_year_is_shown_without_separators() -> None:
    year = {"decimalDigits": 0, "validate": {"min": 1945, "max": 2100}}
    form = form_of(component("number", "issued", **year), component("number", "pages", decimalDigits=0))
    answers = {"issued": 2018, "pages": 2018}
    assert [value for _, value in shown_answers(form, answers, "vi")] == ["2018", "2.018"]
    assert [value for _, value in shown_answers(form, answers, "en")] == ["2018", "2,018"]
