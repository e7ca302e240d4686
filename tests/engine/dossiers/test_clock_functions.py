"""The functions of the law's clock that a diagram may use."""

from __future__ import annotations

import inspect
from datetime import UTC

from engine.catalogue.definitions import EXPRESSION_FUNCTIONS
from engine.dossiers.steps import clock_functions, lock, surroundings_of


def offered(office, now):
    dossier = office.receive(now)
    office.session.flush()
    return clock_functions(lock(office.session, dossier.id, now))


def test_publishing_accepts_exactly_the_functions_that_a_running_dossier_offers(office, moment):
    functions = offered(office, moment("2026-03-10 09:40"))
    assert functions.keys() == EXPRESSION_FUNCTIONS.keys()
    for name, function in functions.items():
        for count in range(3):
            try:
                inspect.signature(function).bind(*range(count))
            except TypeError:
                assert not EXPRESSION_FUNCTIONS[name].accepts_count(count), (name, count)
            else:
                assert EXPRESSION_FUNCTIONS[name].accepts_count(count), (name, count)


def test_each_counts_from_the_moment_of_the_step(office, moment):
    clock = offered(office, moment("2026-03-10 15:40"))
    assert clock["working_days"](1) == moment("2026-03-11 15:40")
    assert clock["working_hours"](4) == moment("2026-03-11 10:10")
    assert clock["calendar_days"](3) == moment("2026-03-13 17:00")
    assert clock["working_day_end"]() == moment("2026-03-10 17:00")
    assert clock["hand_over_limit"]() == moment("2026-03-11 07:30")
    assert clock["limit"]("supplement") == moment("2026-04-09 17:00")
    assert clock["limit"]("online_acceptance") == moment("2026-03-11 15:40")


def test_a_diagram_sees_the_days_of_the_office_whatever_the_servers_clock_is_set_to(office, moment):
    dossier = office.receive(moment("2026-03-10 09:40"))
    office.session.flush()
    early = moment("2026-03-11 06:30").astimezone(UTC)
    seen = surroundings_of(lock(office.session, dossier.id, early)).now
    assert (seen, seen.isoformat()) == (early, "2026-03-11T06:30:00+07:00")
