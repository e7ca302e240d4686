"""Reading the YAML files of processes/organisation/ into plain rows; every complaint names file and line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from engine.identities import is_number_pattern
from engine.organisation.models import UnitKind
from engine.organisation.refusals import FileInvalid
from engine.workflow.errors import Finding
from engine.worktime.entries import Entry, load
from engine.worktime.refusals import Expected, WorktimeFileInvalid

USUAL_PATTERN = "{identifier}-{yymmdd}-{serial:04d}"
OPERATORS = ("post", "civil")

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One entry of units.yaml."""

    line: int | str
    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """One entry of identifiers.yaml."""

    line: int | str
    unit: str
    identifier: str
    number_pattern: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """One entry of succession.yaml; without a procedure it holds for all that have no entry of their own."""

    line: int | str
    old: str
    new: str
    procedure_code: str | None
    effective_on: date
    decision: str


@dataclass(frozen=True, slots=True)
class ReceptionRow:
    """One entry of reception.yaml."""

    line: int | str
    deciding: str
    counter: str
    operator: str
    procedure_code: str | None
    valid_from: date
    valid_to: date | None
    decision: str


class FileReader:
    """Reads one file below the folder `root` entry by entry and keeps what is wrong instead of stopping."""

    def __init__(self, root: Path, name: str) -> None:
        self.path = root / name
        self.name = name
        self.findings: list[Finding] = []

    def rows(self, key: str, read: Callable[[Entry], Row]) -> list[Row]:
        """What `read` makes of each entry under `key`; entries that are wrong are left out and become findings."""
        rows: list[Row] = []
        for entry in self.attempt(lambda: self._entries(key)) or []:
            row = self.attempt(lambda entry=entry: read(entry))  # type: ignore[misc]
            if row is not None:
                rows.append(row)
        return rows

    def attempt(self, read: Callable[[], Row]) -> Row | None:
        """What `read` returns, or None with a finding when it complains."""
        try:
            return read()
        except WorktimeFileInvalid as error:
            parameters: dict[str, Any] = {**error.parameters, "file": self.name}
            self.report(type(error)(**parameters))
        return None

    def refuse(self, line: int | str, vi: str, en: str) -> None:
        """Keep a complaint about `line`."""
        self.report(FileInvalid(file=self.name, line=line, problem_vi=vi, problem_en=en))

    def report(self, error: WorktimeFileInvalid) -> None:
        """Keep `error` as a finding."""
        line = error.parameters.get("line")
        self.findings.append(
            Finding(
                rule=error.code,
                file=self.name,
                line=line if isinstance(line, int) else None,
                element_id=None,
                message_vi=error.message("vi").removeprefix(f"Tệp {self.name}, dòng {line}: "),
                message_en=error.message("en").removeprefix(f"{self.name}, line {line}: "),
                remedy_vi=error.remedy("vi"),
                remedy_en=error.remedy("en"),
            )
        )

    def _entries(self, key: str) -> list[Entry]:
        top = Entry(load(self.path), self.name)
        top.only(key)
        return top.entries(key)


def read_unit(entry: Entry) -> UnitRow:
    """One unit: code, name, name_en, kind, parent, valid_from, valid_to."""
    entry.only("code", "name", "name_en", "kind", "parent", "valid_from", "valid_to")
    kind = entry.text("kind")
    _one_of(entry, "kind", [member.value for member in UnitKind])
    first, last = _period(entry)
    return UnitRow(
        line=entry.line("code"),
        code=entry.text("code"),
        name=entry.text("name"),
        name_en=entry.text("name_en"),
        kind=kind,
        parent=_optional(entry, "parent"),
        valid_from=first,
        valid_to=last,
    )


def read_identifier(entry: Entry) -> IdentifierRow:
    """One identifier of a unit: unit, identifier, number_pattern, valid_from, valid_to."""
    entry.only("unit", "identifier", "number_pattern", "valid_from", "valid_to")
    pattern = entry.text("number_pattern", default=USUAL_PATTERN)
    if not is_number_pattern(pattern):
        raise _wrong(
            entry,
            "number_pattern",
            f"mẫu số “{pattern}” phải có {{identifier}}, {{yymmdd}} và {{serial:04d}}, mỗi phần đúng một lần.",
            f"the pattern “{pattern}” needs {{identifier}}, {{yymmdd}} and {{serial:04d}}, each exactly once.",
        )
    first, last = _period(entry)
    return IdentifierRow(entry.line("unit"), entry.text("unit"), entry.text("identifier"), pattern, first, last)


def read_succession(entry: Entry) -> SuccessionRow:
    """One succession: from, to, procedure (optional), effective_on, decision."""
    entry.only("from", "to", "procedure", "effective_on", "decision")
    return SuccessionRow(
        line=entry.line("from"),
        old=entry.text("from"),
        new=entry.text("to"),
        procedure_code=_optional(entry, "procedure"),
        effective_on=entry.date("effective_on"),
        decision=entry.text("decision"),
    )


def read_reception(entry: Entry) -> ReceptionRow:
    """One assignment: for, at, operator, procedure (optional), valid_from, valid_to, decision."""
    entry.only("for", "at", "operator", "procedure", "valid_from", "valid_to", "decision")
    _one_of(entry, "operator", OPERATORS)
    first, last = _period(entry)
    return ReceptionRow(
        line=entry.line("for"),
        deciding=entry.text("for"),
        counter=entry.text("at"),
        operator=entry.text("operator"),
        procedure_code=_optional(entry, "procedure"),
        valid_from=first,
        valid_to=last,
        decision=entry.text("decision"),
    )


def read_status(entry: Entry) -> tuple[str, ...]:
    """The internal states of one national status; its code and wording are checked too."""
    entry.only("code", "text", "text_en", "states")
    if entry.text("code") not in [str(code) for code in range(1, 11)]:
        raise _wrong(entry, "code", "mã trạng thái phải từ 1 đến 10.", "a national status is a code from 1 to 10.")
    entry.text("text"), entry.text("text_en")
    states = entry.value("states")
    if not isinstance(states, list) or not all(isinstance(state, str) for state in states):
        raise entry.wrong("states", Expected.LIST)
    return tuple(states)


def _period(entry: Entry) -> tuple[date, date | None]:
    first = entry.date("valid_from")
    last = entry.date("valid_to") if entry.says("valid_to") else None
    if last is not None and last < first:
        raise _wrong(
            entry,
            "valid_to",
            f"ngày kết thúc {last:%d/%m/%Y} trước ngày bắt đầu {first:%d/%m/%Y}.",
            f"the last day {last} lies before the first day {first}.",
        )
    return first, last


def _optional(entry: Entry, key: str) -> str | None:
    return entry.text(key) if entry.says(key) else None


def _one_of(entry: Entry, key: str, known: Collection[str]) -> None:
    if entry.text(key) not in known:
        listed = ", ".join(known)
        raise _wrong(
            entry,
            key,
            f"“{key}” là “{entry.text(key)}”, chỉ được dùng: {listed}.",
            f"“{key}” is “{entry.text(key)}”; known are: {listed}.",
        )


def _wrong(entry: Entry, key: str, vi: str, en: str) -> FileInvalid:
    return FileInvalid(file=entry.file, line=entry.line(key), problem_vi=vi, problem_en=en)
