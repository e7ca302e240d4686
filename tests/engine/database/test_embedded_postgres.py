"""The embedded PostgreSQL survives what happens to programs, and never opens anybody's folders."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from engine.database.embedded import EmbeddedPostgres
from engine.database.placement import Placement, place

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to move the cluster to another account")


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that other accounts may enter, as a project's folder usually is; pytest's own are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that other accounts may enter."""
    with _open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def durable() -> Iterator[EmbeddedPostgres]:
    """A cluster as `make run` has it; every test leaves it running or stopped as it likes."""
    with _open_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", say=print)
        yield server
        server.stop()


@pytest.fixture
def postgres(durable: EmbeddedPostgres) -> EmbeddedPostgres:
    """That cluster, running, with nothing in it."""
    durable.start()
    with psycopg.connect(durable.url("postgres")) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
    return durable


def _write(server: EmbeddedPostgres, value: int) -> None:
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", (value,))


def _read(server: EmbeddedPostgres) -> list[int]:
    with psycopg.connect(server.url("postgres")) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def _main_process(server: EmbeddedPostgres) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split("\n", 1)[0])


def test_data_is_there_after_stop_and_start(postgres: EmbeddedPostgres) -> None:
    _write(postgres, 1)
    postgres.stop()
    assert not postgres.is_running()
    assert postgres.start()
    assert _read(postgres) == [1]


def test_it_starts_again_after_being_killed(postgres: EmbeddedPostgres) -> None:
    _write(postgres, 1)
    os.kill(_main_process(postgres), signal.SIGKILL)
    assert postgres.start(), "a server that was killed must be started, not joined"
    assert _read(postgres) == [1]


def test_a_stale_file_that_names_another_program_does_not_stop_the_start(postgres: EmbeddedPostgres) -> None:
    lines = (postgres.cluster / "postmaster.pid").read_text().split("\n")
    postgres.stop()
    (postgres.cluster / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert not postgres.is_running()
    assert postgres.start()


def test_a_second_program_joins_the_server_that_runs(postgres: EmbeddedPostgres) -> None:
    _write(postgres, 1)
    second = EmbeddedPostgres(postgres.cluster, say=print)
    assert not second.start()
    assert _read(second) == [1]


def test_an_interrupted_first_start_leaves_nothing_half_made(open_folder: Path) -> None:
    (open_folder / "postgres.new").mkdir()
    (open_folder / "postgres.new" / "PG_VERSION").write_text("18")
    server = EmbeddedPostgres(open_folder / "postgres", say=print, throwaway=True)
    try:
        assert server.start()
        server.ensure_database("motcua")
    finally:
        server.discard()


def test_a_very_long_path_still_gets_a_socket(open_folder: Path) -> None:
    folder = open_folder / ("a-folder-with-quite-a-long-name-" * 3) / "postgres"
    server = EmbeddedPostgres(folder, say=print, throwaway=True)
    try:
        server.start()
        _write(server, 1)
    finally:
        server.discard()


def test_only_its_own_account_can_enter_the_cluster(postgres: EmbeddedPostgres) -> None:
    assert stat.S_IMODE(postgres.cluster.stat().st_mode) == 0o700


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_what_is_committed_is_on_disk(postgres: EmbeddedPostgres, setting: str) -> None:
    with psycopg.connect(postgres.url("postgres")) as connection:
        assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)


def test_a_durable_cluster_cannot_be_discarded(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(ValueError, match="throwaway"):
        postgres.discard()
    assert postgres.is_running()


@AS_ROOT
def test_as_root_no_folder_is_opened_and_the_move_is_said(open_folder: Path) -> None:
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    placement: Placement = place(closed / "project" / "var" / "postgres", said.append)
    assert not placement.cluster.is_relative_to(closed)
    assert any(str(placement.cluster) in line for line in said)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@AS_ROOT
def test_as_root_a_reachable_folder_is_used_as_it_is(open_folder: Path) -> None:
    assert place(open_folder / "postgres", print).cluster == open_folder / "postgres"


ASK_FOR_ACCOUNT = """
import sys
from pathlib import Path
from engine.database import placement
placement.ACCOUNT = "motcua-trial"
sys.stdin.readline()
print(placement.place(Path(sys.argv[1]), lambda words: None).account.pw_uid)
"""


@pytest.fixture
def no_trial_account() -> Iterator[None]:
    """No account of that name before, and none after."""
    remove = ["userdel", "motcua-trial"]
    subprocess.run(remove, capture_output=True)
    yield
    subprocess.run(remove, capture_output=True)


@AS_ROOT
@pytest.mark.usefixtures("no_trial_account")
def test_programs_that_start_for_the_first_time_together_make_one_account(open_folder: Path) -> None:
    command = [sys.executable, "-c", ASK_FOR_ACCOUNT, str(open_folder / "postgres")]
    programs = [
        subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(6)
    ]
    for program in programs:
        assert program.stdin
        program.stdin.write("go\n")
        program.stdin.flush()
    answers = [program.communicate() for program in programs]
    account = pwd.getpwnam("motcua-trial")
    assert [out.strip() or error for out, error in answers] == [str(account.pw_uid)] * 6
