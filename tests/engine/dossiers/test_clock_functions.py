"""The functions of the law's clock that a diagram may use."""

from __future__ import annotations

from engine.catalogue.definitions import EXPRESSION_FUNCTIONS
from engine.dossiers.steps import clock_functions, lock


def offered(office, now):
    dossier = office.receive(now)
    office.session.flush()
    return clock_functions(lock(office.session, dossier.id, now))


def test_publishing_accepts_exactly_the_functions_that_a_running_dossier_offers(office, moment):
    assert set(offered(office, moment("2026-03-10 09:40"))) == EXPRESSION_FUNCTIONS


def test_each_counts_from_the_moment_of_the_step(office, moment):
    clock = offered(office, moment("2026-03-10 15:40"))
    assert clock["working_days"](1) == moment("2026-03-11 15:40")
    assert clock["working_hours"](4) == moment("2026-03-11 10:10")
    assert clock["calendar_days"](3) == moment("2026-03-13 17:00")
    assert clock["working_day_end"]() == moment("2026-03-10 17:00")
    assert clock["hand_over_limit"]() == moment("2026-03-11 07:30")
