"""`motcua check`: what is wrong with diagrams and procedures, before anybody publishes them.

Our own processes/ are held to everything: the BPMN 2.0 standard, what this engine can run, and this office's
conventions. A diagram from anywhere else is held to the standard; whether it could be run here is said beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from engine.catalogue.bundles import DIAGRAM, gather, procedure_folders
from engine.command_line.describing import describe
from engine.workflow import MAXIMUM_BYTES, Finding, check_diagram

if TYPE_CHECKING:
    from engine.simulation.checking import Office

ENDINGS: Final = (".bpmn", ".bpmn2", ".bpmn20.xml")
"""What the files are called that a folder is searched for."""

_UNREADABLE: Final = "file-unreadable"
_WITH_PROCEDURES: Final = ("unknown-called-process", "unknown-decision")


def check(paths: Sequence[Path], *, runnable: bool = False) -> list[Finding]:
    """Everything wrong with the given paths: our processes/ or a part of it, any other folder, or single files.

    With `runnable`, a valid diagram from elsewhere that this engine cannot run has errors and not only warnings.
    """
    return [finding for path in paths for finding in _check_path(path.resolve(), runnable)]


def _check_path(path: Path, runnable: bool) -> Iterable[Finding]:
    processes = _our_processes(path)
    if processes is not None:
        return _check_ours(processes, path)
    if path.is_file():
        return _check_foreign(path, path.parent, _written(path.name), runnable)
    files = sorted(file for file in path.rglob("*") if file.name.lower().endswith(ENDINGS) and file.is_file())
    names = [(file, _written(file.relative_to(path).as_posix())) for file in files]
    return (finding for file, name in names for finding in _check_foreign(file, path, name, runnable))


def _written(name: str) -> str:
    """A file's name as text, also if its bytes are in an encoding other than UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


# -- from elsewhere ---------------------------------------------------------------------------------------------------


def _check_foreign(path: Path, root: Path, name: str, runnable: bool) -> Iterable[Finding]:
    try:
        content = _read(path)
    except OSError as error:
        return [_unreadable(name, error)]
    return check_diagram(name, content, _beside(path, root), runnable=runnable)


def _read(path: Path) -> bytes:
    """A file's content; of one that is too large just so much that this can be seen."""
    with path.open("rb") as opened:
        return opened.read(MAXIMUM_BYTES + 1)


def _beside(path: Path, root: Path) -> Callable[[str], bytes | None]:
    """Gives the files that `path` imports, if they lie below `root`; nothing is fetched from anywhere."""

    def find(location: str) -> bytes | None:
        try:
            wanted = (path.parent / location).resolve()
            return _read(wanted) if wanted.is_relative_to(root) and wanted.is_file() else None
        except (OSError, ValueError):
            return None

    return find


def _unreadable(name: str, error: OSError) -> Finding:
    reason = error.strerror or type(error).__name__
    message = (f"Không đọc được tệp: {reason}.", f"The file cannot be read: {reason}.")
    remedy = ("Kiểm tra tên tệp và quyền đọc.", "Check the file's name and permissions.")
    return Finding(_UNREADABLE, name, None, None, *message, *remedy)


# -- our own ----------------------------------------------------------------------------------------------------------


def _our_processes(path: Path) -> Path | None:
    """The folder of procedures and their organisation that `path` is, or lies in."""
    for folder in (path, *path.parents):
        if (folder / "organisation").is_dir() and procedure_folders(folder):
            return folder
    return None


def _check_ours(processes: Path, path: Path) -> Iterator[Finding]:
    from engine.simulation.checking import SCENARIOS, read_office  # loads the database's library: only for ours

    if path.is_file() and path.name not in (DIAGRAM, SCENARIOS):
        yield from _check_alone(processes, path)
        return
    folder = path.parent if path.is_file() else path
    procedures = [processes / each for each in procedure_folders(processes)]
    office = read_office(processes)
    yield from office.findings
    for procedure in procedures:
        if procedure.is_relative_to(folder):
            yield from _check_procedure(processes, procedure, office)
    for diagram in sorted(folder.rglob("*.bpmn")):
        if diagram.parent not in procedures:
            yield from _standard(processes, diagram)


def _check_procedure(processes: Path, folder: Path, office: Office) -> Iterator[Finding]:
    from engine.catalogue.definitions import BundleRefused, read_bundle
    from engine.simulation.checking import SCENARIOS, check_scenarios

    known: set[tuple[str, int | None]] = set()
    name = folder.relative_to(processes).as_posix()
    try:
        definition = read_bundle(gather(processes, name))
        if (folder / SCENARIOS).is_file():
            yield from check_scenarios(name, (folder / SCENARIOS).read_bytes(), definition, office)
    except BundleRefused as refused:
        known = {(finding.file, finding.line) for finding in refused.findings}
        yield from refused.findings
    for diagram in sorted(folder.glob("*.bpmn")):
        yield from (each for each in _standard(processes, diagram) if (each.file, each.line) not in known)


def _standard(processes: Path, diagram: Path) -> Iterable[Finding]:
    """What the standard says of one of our diagrams."""
    found = _check_foreign(diagram, processes, diagram.relative_to(processes).as_posix(), runnable=False)
    return (finding for finding in found if finding.family != "runtime")


def _check_alone(processes: Path, path: Path) -> Iterator[Finding]:
    """A shared diagram is not alone when it runs: what it calls and decides by lies with the procedures."""
    for finding in _check_foreign(path, processes, path.relative_to(processes).as_posix(), runnable=True):
        yield replace(finding, severity="warning") if finding.rule in _WITH_PROCEDURES else finding


# -- saying so --------------------------------------------------------------------------------------------------------


def as_text(findings: Sequence[Finding], language: str) -> str:
    """A line for each finding."""
    return "\n".join(f"{finding.severity}: {describe(finding, language)}" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON list of all findings with their texts in both languages."""
    return orjson.dumps([asdict(finding) for finding in findings], option=orjson.OPT_INDENT_2).decode()


def exit_code(findings: Sequence[Finding]) -> int:
    """0 no errors (warnings and notes may have been printed), 1 errors, 2 something could not be read at all."""
    rules = {finding.rule for finding in findings if finding.severity == "error"}
    return 2 if _UNREADABLE in rules else int(bool(rules))
