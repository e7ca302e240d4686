"""Conditions as form-js writes them hide what they should, and nothing else can be smuggled in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms.conditions import ConditionUnreadable, read_condition

DATA = {
    "case": "new",
    "pages": 120,
    "foreign": True,
    "received_on": date(2022, 3, 22),
    "consulted": ["TNMT", "CA"],
    "applicant": {"kind": "person"},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('=case != "new"', False),
        ('=case = "new"', True),
        ('case in ("exchange", "reissue")', False),
        ('=case in ["new", "reissue"]', True),
        ("=pages > 100 and pages <= 120", True),
        ("=pages in [1..119]", False),
        ("=pages in (1, [100..120], > 500)", True),
        ("=pages between 1 and 120", True),
        ("=not(foreign)", False),
        ("=not(foreign = true) or pages < 5", False),
        ('=received_on >= date("2022-03-22")', True),
        ('=received_on < date("2022-03-22")', False),
        ('=list contains(consulted, "CA")', True),
        ("=count(consulted) = 2", True),
        ('=contains(case, "ne")', True),
        ("=is defined(missing)", False),
        ("=missing = null", True),
        ('=applicant.kind = "person"', True),
        ('=applicant.kind.more = "x"', False),
        ("=(pages > 500 or foreign) and -1 < 0", True),
        ('=missing != "x"', True),
        ("=missing > 1", False),
        ("=case.__class__ = null", True),
        ('=pages > "100"', False),
        ("=foreign = 1", False),
        ("=pages", False),
    ],
)
def test_a_condition_is_judged_as_feel_says(text: str, holds: bool) -> None:
    assert read_condition(text).holds(DATA) is holds


def test_the_names_a_condition_asks_for_are_known() -> None:
    assert read_condition('=case = "new" and applicant.kind = pages').names == {"case", "applicant", "pages"}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("=", 1),
        ("=case = ", 8),
        ("=case == 1", 7),
        ('=case = "new', 8),
        ("=case = 'new'", 8),
        ("=(pages > 1", 11),
        ("=pages > 1)", 10),
        ("=pages in [1..5", 15),
        ("=date(1, 2)", 10),
        ("=count()", 7),
        ("=__import__(1)", 11),
        ("=for x in y return x", 5),
    ],
)
def test_a_broken_condition_names_the_place(text: str, position: int) -> None:
    with pytest.raises(ConditionUnreadable) as refused:
        read_condition(text)
    assert refused.value.position in range(position - 2, position + 2)
    assert refused.value.vi
    assert refused.value.en


@pytest.mark.parametrize(
    "text", ["=" + "(" * 400 + "1", "=" + "x in [" * 150 + "1", "=" + "-" * 900, "=" + "not(" * 200]
)
def test_nesting_without_end_is_refused_at_once(text: str) -> None:
    with pytest.raises(ConditionUnreadable):
        read_condition(text)


@given(st.text(alphabet='=ab1"()[],.<>! andorinot-', max_size=60))
def test_any_text_is_either_a_condition_or_refused(text: str) -> None:
    try:
        condition = read_condition(text)
    except ConditionUnreadable:
        return
    assert condition.holds({"a": 1, "b": "x"}) in (True, False)
