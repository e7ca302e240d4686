"""A real PostgreSQL that comes with the Python packages: made, started, joined and stopped without any installation."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from engine.database.placement import Placement, Say, place
from engine.refusals import Conflict

OWNER = "motcua"
"""The database's superuser; who may enter the socket's folder (mode 0700) is who may connect."""

LONGEST_SOCKET_FOLDER = 90
"""Bytes; a UNIX socket's whole path must stay below 104 on macOS and 108 on Linux."""

LONGEST_RECOVERY = 120
"""Seconds that a server gets to replay its log after a crash."""

ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2000",
    "log_line_prefix": "%m [%p] ",
}
"""For a small machine that does other things too; nothing here weakens durability."""

THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
"""For tests only: their data is worth nothing after the run."""


class DatabaseDidNotStart(Conflict):
    """The embedded PostgreSQL failed to start or to stop."""

    vi = "PostgreSQL nhúng không chạy được. Những dòng cuối của {log}:\n{tail}"
    en = "The embedded PostgreSQL does not run. The last lines of {log}:\n{tail}"
    remedy_vi = "Hãy xử lý nguyên nhân nêu trong nhật ký rồi chạy lại; dữ liệu vẫn còn trong thư mục cơ sở dữ liệu."
    remedy_en = "Mend the cause named in the log and start again; the data is still in the database's folder."


class EmbeddedPostgres:
    """One PostgreSQL cluster in a folder of ours, reached through a socket that only its own account and root enter."""

    def __init__(self, folder: Path, *, say: Say, throwaway: bool = False) -> None:
        self._placement: Placement = place(folder.absolute(), say)
        self._throwaway = throwaway
        self.cluster = self._placement.cluster
        self.log = self.cluster / "log"

    def start(self) -> bool:
        """Start the server, or join it when it runs already (a killed program leaves it running).

        Returns whether it had to be started. Raises DatabaseDidNotStart with the end of the server's log.
        """
        with self._alone():
            if self._joined():
                return False
            self._make_cluster()
            self._clear_leftovers()
            self._configure()
            self._control("start", "--log", str(self.log))
            return True

    def stop(self) -> None:
        """Stop the server: running transactions are rolled back, everything committed is on disk."""
        with self._alone():
            if self._postmaster():
                self._control("stop", "--mode", "fast")

    def discard(self) -> None:
        """Stop a throwaway cluster and remove it with all its data, when it cannot be started any more."""
        if not self._throwaway:
            raise ValueError("only a throwaway cluster may be discarded")
        self.stop()
        with self._alone():
            _remove_tree(self.cluster)

    def is_running(self) -> bool:
        """Whether this cluster's server is running."""
        return self._postmaster() is not None

    def url(self, database: str = OWNER) -> str:
        """The address of `database` for SQLAlchemy, psycopg and psql."""
        return f"postgresql://{OWNER}@/{quote(database)}?host={quote(str(self._socket_folder()), safe='')}"

    def ensure_database(self, name: str = OWNER) -> None:
        """Create the database `name` unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else starts or stops this cluster meanwhile; the kernel frees the lock of a killed program."""
        self.cluster.parent.mkdir(parents=True, exist_ok=True)
        with self.cluster.with_name(self.cluster.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _postmaster(self) -> psutil.Process | None:
        """The server's main process; none when postmaster.pid is stale, even if its number is another program's now."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = process.name().startswith("postgres") and Path(process.cwd()).samefile(self.cluster)
        except (OSError, ValueError, psutil.Error):
            return None
        return process if ours and process.status() != psutil.STATUS_ZOMBIE else None

    def _clear_leftovers(self) -> None:
        """After a SIGKILL: wait until orphaned server processes are gone, then drop the files that name a dead server.

        PostgreSQL would refuse to start where the dead server's number is taken, be it by a zombie that a container
        without an init process never buries.
        """
        deadline = time.monotonic() + 10
        while self._orphans() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._orphans():
            raise self._failure()
        socket = self._socket_folder() / ".s.PGSQL.5432"
        for leftover in (self.cluster / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
            leftover.unlink(missing_ok=True)

    def _orphans(self) -> bool:
        if not (self.cluster / "postmaster.pid").exists():
            return False
        return any(self._works_here(process) for process in psutil.process_iter(["name"]))

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return process.info["name"].startswith("postgres") and Path(process.cwd()).samefile(self.cluster)
        except (OSError, psutil.Error):
            return False

    def _make_cluster(self) -> None:
        """Make the cluster beside its place, then move it there whole: an interrupted start leaves nothing half."""
        if (self.cluster / "PG_VERSION").exists():
            return
        unfinished = self.cluster.with_name(self.cluster.name + ".new")
        _remove_tree(unfinished)
        self._own_folder(unfinished)
        self._run(
            "initdb", "--pgdata", str(unfinished), "--username", OWNER, "--auth", "trust", "--encoding", "UTF8",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions",
            *(["--no-sync"] if self._throwaway else []),
        )  # fmt: skip
        with (unfinished / "postgresql.conf").open("a") as stream:
            stream.write("\ninclude 'motcua.conf'\n")
        if self.cluster.exists():
            self.cluster.rmdir()
        unfinished.rename(self.cluster)

    def _configure(self) -> None:
        values = {**ALWAYS, **(THROWAWAY if self._throwaway else {})}
        values["unix_socket_directories"] = f'"{self._socket_folder(make=True)}"'
        lines = [f"{name} = '{_quoted(value)}'" for name, value in values.items()]
        file = self.cluster / "motcua.conf"
        file.write_text("# Written at every start.\n" + "\n".join(lines) + "\n")
        self._give(file)

    def _socket_folder(self, *, make: bool = False) -> Path:
        """The cluster's own folder, or a short one below the temporary folder where that path is too long."""
        if len(os.fsencode(self.cluster)) <= LONGEST_SOCKET_FOLDER:
            return self.cluster
        digest = hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"motcua-{os.geteuid()}-{digest}"
        if make:
            _remove_tree(folder)
            self._own_folder(folder)
        return folder

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._give(folder)

    def _give(self, path: Path) -> None:
        if self._placement.account:
            os.chown(path, self._placement.account.pw_uid, self._placement.account.pw_gid)

    def _joined(self) -> bool:
        """Wait until the server that runs lets us in; False when none runs, or when it ends meanwhile."""
        deadline = time.monotonic() + LONGEST_RECOVERY
        while self._postmaster():
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise self._failure() from None
                time.sleep(0.05)
            else:
                return True
        return False

    def _control(self, action: str, *options: str) -> None:
        self._run(
            "pg_ctl",
            action,
            "--pgdata",
            str(self.cluster),
            "--wait",
            "--timeout",
            str(LONGEST_RECOVERY),
            "--silent",
            *options,
        )

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; its output goes to a file, because a server would keep a pipe open."""
        account = self._placement.account
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            finished = subprocess.run(  # type: ignore[call-overload]
                [str(self._placement.programs / program), *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env={"LC_ALL": "C", "TZ": "UTC"},
                **identity,
            )  # fmt: skip
            if finished.returncode != 0:
                output.seek(0)
                raise self._failure(output.read())

    def _failure(self, words: str = "") -> DatabaseDidNotStart:
        logged = self.log.read_text(errors="replace").splitlines()[-12:] if self.log.exists() else []
        return DatabaseDidNotStart(log=self.log, tail="\n".join([*logged, words.strip()]).strip())


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _remove_tree(folder: Path) -> None:
    """Remove what an interrupted start of our own left behind; never follows a link."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.unlink() if path.is_symlink() or not path.is_dir() else path.rmdir()
        folder.rmdir()
