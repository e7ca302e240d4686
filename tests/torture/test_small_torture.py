"""`make torture` in small, so that it cannot rot: a few kills of every sort, on a PostgreSQL of its own."""

from __future__ import annotations

from torture.crowd import complete_all_at_once
from torture.load import kill_under_load
from torture.statement import kill_inside_completions
from torture.system import running_system


def test_a_few_kills_of_every_sort_lose_nothing():
    with running_system("torture_small") as system:
        load = kill_under_load(system, clients=4, kills=2, timers=3)
        assert load.violations == []
        assert sum(load.kills.values()) == 2
        assert load.completions > 0
        system.stop()
        inside = kill_inside_completions(system, kills=12)
        assert inside.violations == []
        assert sum(inside.kills.values()) == 12
        system.start_web()
        crowd = complete_all_at_once(system, people=8, rounds=3)
        assert crowd.violations == []
        assert (crowd.winners, crowd.told) == (3, 21)
