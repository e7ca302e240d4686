"""Bringing processes/organisation/ and processes/calendar/ into the database: nothing is deleted, all is logged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine.organisation import files
from engine.organisation.files import FileReader
from engine.organisation.models import (
    AdministrationEvent,
    ReceptionAssignment,
    Setting,
    Unit,
    UnitIdentifier,
    UnitSuccession,
)
from engine.organisation.models import AdministrationEventKind as Kind
from engine.organisation.settings import CALENDAR, NATIONAL_STATUS, OFFICE_HOURS
from engine.workflow.errors import Finding
from engine.worktime import day_without_hours, office_schedule, read_office_hours_of, read_year
from engine.worktime.entries import Located, load

PUBLICATION_LOCK = 7_301_778
"""Two publications wait for each other; the number only has to differ from other advisory locks."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a publication added or changed."""

    kind: Kind
    subject: str
    added: bool


@dataclass(slots=True)
class OrganisationReport:
    """What a publication changed, and what it refused (the files of the findings were left out whole)."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def publish_organisation(session: Session, now: datetime, processes: Path) -> OrganisationReport:
    """Bring units, identifiers, succession and reception of `processes`/organisation into the database.

    Rows are found again by their code, or by what they are about and since when; rows that no file names stay. A file
    with a mistake is left out whole and the others are taken. Repeating it changes nothing.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PUBLICATION_LOCK})
    publication = _Publication(session, now, processes)
    publication.units()
    publication.identifiers()
    publication.succession()
    publication.reception()
    return publication.report


def publish_settings(session: Session, now: datetime, processes: Path) -> OrganisationReport:
    """Bring calendars, office hours and national statuses into the table of settings, each file by itself.

    An earlier content stays as a row; the newest of a name is in force.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PUBLICATION_LOCK})
    publication = _Publication(session, now, processes)
    publication.calendars()
    publication.national_status()
    return publication.report


class _Publication:
    """One run: the session, the moment, and the report that grows."""

    def __init__(self, session: Session, now: datetime, processes: Path) -> None:
        self.session = session
        self.now = now
        self.processes = processes
        self.report = OrganisationReport()
        self.by_code: dict[str, Unit] = {unit.code: unit for unit in session.scalars(select(Unit))}

    def units(self) -> None:
        """Add or change units; parents are set in a second pass because they may follow their children."""
        reader = FileReader(self.processes, "organisation/units.yaml")
        rows = reader.rows("units", files.read_unit)
        _refuse_repeated(reader, rows, lambda row: row.code)
        known = self.by_code.keys() | {row.code for row in rows}
        for row in rows:
            if row.parent is not None and row.parent not in known:
                reader.refuse(row.line, f"không có đơn vị cấp trên “{row.parent}”.", f"no unit “{row.parent}”.")
        _refuse_circles(reader, {row.code: row for row in rows})
        if self.take(reader):
            for row in rows:
                self._unit(row)
            self.session.flush()
            for row in rows:
                parent = self.by_code[row.parent].id if row.parent else None
                self.change(self.by_code[row.code], Kind.UNIT_CHANGED, row.code, {"parent_id": parent}, added=False)

    def identifiers(self) -> None:
        """Add or change identifiers, found again by unit and first day."""
        reader = FileReader(self.processes, "organisation/identifiers.yaml")
        rows = reader.rows("identifiers", files.read_identifier)
        self.refuse_unknown(reader, ((row.line, row.unit) for row in rows))
        for index, row in enumerate(rows):
            for other in rows[:index]:
                if _overlap(row, other) and (row.unit == other.unit or row.identifier == other.identifier):
                    _refuse_overlap(reader, row.line, other.line)
        if self.take(reader):
            existing = {(row.unit_id, row.valid_from): row for row in self.session.scalars(select(UnitIdentifier))}
            for row in rows:
                key = (self.by_code[row.unit].id, row.valid_from)
                found = existing.get(key) or UnitIdentifier(unit_id=key[0], valid_from=key[1])
                values = {
                    "identifier": row.identifier,
                    "number_pattern": row.number_pattern,
                    "valid_to": row.valid_to,
                }
                subject = f"{row.unit} {row.valid_from}"
                self.change(found, Kind.IDENTIFIER_CHANGED, subject, values, added=key not in existing)

    def succession(self) -> None:
        """Add or change successions, found again by both units, procedure and day."""
        reader = FileReader(self.processes, "organisation/succession.yaml")
        rows = reader.rows("succession", files.read_succession)
        self.refuse_unknown(reader, ((row.line, code) for row in rows for code in (row.old, row.new)))
        _refuse_repeated(reader, rows, lambda row: (row.old, row.procedure_code, row.effective_on))
        for row in rows:
            if row.old == row.new:
                reader.refuse(row.line, "đơn vị không thể kế thừa chính mình.", "a unit cannot succeed itself.")
        if self.take(reader):
            existing = {
                (row.old_unit_id, row.procedure_code, row.effective_on): row
                for row in self.session.scalars(select(UnitSuccession))
            }
            for row in rows:
                key = (self.by_code[row.old].id, row.procedure_code, row.effective_on)
                found = existing.get(key) or UnitSuccession(
                    old_unit_id=key[0], procedure_code=key[1], effective_on=key[2]
                )
                values = {"new_unit_id": self.by_code[row.new].id, "decision": row.decision}
                subject = f"{row.old} → {row.new} {row.procedure_code or '*'} {row.effective_on}"
                self.change(found, Kind.SUCCESSION_CHANGED, subject, values, added=key not in existing)

    def reception(self) -> None:
        """Add or change reception assignments, found again by unit, counter, operator, procedure and first day."""
        reader = FileReader(self.processes, "organisation/reception.yaml")
        rows = reader.rows("reception", files.read_reception)
        self.refuse_unknown(reader, ((row.line, code) for row in rows for code in (row.deciding, row.counter)))
        for index, row in enumerate(rows):
            for other in rows[:index]:
                same = (row.deciding, row.counter, row.procedure_code)
                if _overlap(row, other) and same == (other.deciding, other.counter, other.procedure_code):
                    _refuse_overlap(reader, row.line, other.line)
        if self.take(reader):
            existing = {_key_of(row): row for row in self.session.scalars(select(ReceptionAssignment))}
            for row in rows:
                wanted = ReceptionAssignment(
                    deciding_unit_id=self.by_code[row.deciding].id,
                    counter_id=self.by_code[row.counter].id,
                    operator=row.operator,
                    procedure_code=row.procedure_code,
                    valid_from=row.valid_from,
                )
                key = _key_of(wanted)
                subject = f"{row.deciding} @ {row.counter} {row.procedure_code or '*'} {row.valid_from}"
                values = {"valid_to": row.valid_to, "decision": row.decision}
                found = existing.get(key, wanted)
                self.change(found, Kind.RECEPTION_CHANGED, subject, values, added=key not in existing)

    def calendars(self) -> None:
        """Publish office hours and calendar years: no day of the years, or of those drafted after them, may be without
        hours, for then no due date could be counted any more."""
        files = sorted((self.processes / "calendar").glob("[0-9]*.yaml"))
        names = self.session.scalars(select(Setting.name).where(Setting.name.startswith(CALENDAR)).distinct())
        published = {int(name.removeprefix(CALENDAR)) for name in names}
        drawn = {int(file.stem) for file in files if re.fullmatch(r"[12][0-9]{3}", file.stem)}
        hours = "organisation/office_hours.yaml"
        self.setting(OFFICE_HOURS, hours, lambda path: read_office_hours_of(path, published | drawn))
        for file in files:
            reader = FileReader(self.processes, f"calendar/{file.name}")
            year = reader.attempt(lambda reader=reader: read_year(reader.path))  # type: ignore[misc]
            if year is not None and year.year not in published:
                self._refuse_without_hours(reader, published | {year.year})
            self._publish_content(CALENDAR + file.stem, reader)

    def national_status(self) -> None:
        """Publish the mapping of internal states; a state may stand under one code only."""
        name = "organisation/national_status.yaml"
        reader = FileReader(self.processes, name)
        seen: set[str] = set()
        for states in reader.rows("statuses", files.read_status):
            for state in states:
                if state in seen:
                    reader.refuse(1, f"trạng thái “{state}” xuất hiện hai lần.", f"the state “{state}” stands twice.")
                seen.add(state)
        if self.take(reader):
            self._store(NATIONAL_STATUS, load(self.processes / name))

    def setting(self, name: str, file: str, check: Callable[[Path], object]) -> None:
        """Publish one file as the setting `name` when `check` can read it."""
        reader = FileReader(self.processes, file)
        reader.attempt(lambda: check(reader.path))
        self._publish_content(name, reader)

    def _publish_content(self, name: str, reader: FileReader) -> None:
        """Store the file as the setting `name` when nothing is wrong with it."""
        content = reader.attempt(lambda: load(reader.path)) if not reader.findings else None
        if self.take(reader) and content is not None:
            self._store(name, content)

    def _refuse_without_hours(self, reader: FileReader, years: Collection[int]) -> None:
        """Complain of a new year that would reach beyond the office hours in force."""
        in_force = select(Setting.content).where(Setting.name == OFFICE_HOURS).order_by(Setting.id.desc()).limit(1)
        content = self.session.scalar(in_force)
        missing = day_without_hours(office_schedule(orjson.loads(content)), years) if content else None
        if missing is not None:
            reader.refuse(
                1,
                f"office_hours.yaml không có giờ làm việc chung cho ngày {missing:%d/%m/%Y}; hãy bổ sung rồi nạp lại.",
                f"office_hours.yaml has no default hours on {missing}; add them and load the year again.",
            )

    def take(self, reader: FileReader) -> bool:
        """Whether the file may be used; its findings enter the report."""
        self.report.findings += reader.findings
        return not reader.findings

    def refuse_unknown(self, reader: FileReader, named: Iterable[tuple[int | str, str]]) -> None:
        """Complain of unit codes that nobody has published."""
        for line, code in named:
            if code not in self.by_code:
                reader.refuse(line, f"không có đơn vị mang mã “{code}”.", f"there is no unit with the code “{code}”.")

    def change(self, row: Any, kind: Kind, subject: str, values: Mapping[str, Any], *, added: bool) -> None:
        """Set `values` on a new or existing row and log them; says nothing when nothing changes."""
        before = {} if added else {key: getattr(row, key) for key in values}
        differing = {key: value for key, value in values.items() if added or before[key] != value}
        if not differing:
            return
        for key, value in differing.items():
            setattr(row, key, value)
        self.session.add(row)
        details = {"before": _plain({key: before.get(key) for key in differing}), "after": _plain(differing)}
        self._log(kind, subject, details, added)

    def _unit(self, row: files.UnitRow) -> None:
        added = row.code not in self.by_code
        unit = self.by_code.setdefault(row.code, Unit(code=row.code))
        values = {key: getattr(row, key) for key in ("name", "name_en", "kind", "valid_from", "valid_to")}
        self.change(unit, Kind.UNIT_CHANGED, row.code, values, added=added)

    def _store(self, name: str, content: Located) -> None:
        """A new row of the setting when its newest content is another."""
        body = orjson.dumps(content).decode()
        digest = hashlib.sha256(body.encode()).hexdigest()
        newest = self.session.scalar(
            select(Setting.digest).where(Setting.name == name).order_by(Setting.id.desc()).limit(1)
        )
        if newest != digest:
            self.session.add(Setting(name=name, digest=digest, content=body, published_at=self.now))
            self._log(Kind.SETTING_PUBLISHED, name, {"before": newest, "after": digest}, newest is None)

    def _log(self, kind: Kind, subject: str, details: dict[str, Any], added: bool) -> None:
        self.report.changes.append(Change(kind, subject, added))
        self.session.add(AdministrationEvent(at=self.now, kind=kind, subject=subject, details=details))
        self.session.flush()


def _key_of(row: ReceptionAssignment) -> tuple[int, int, str, str | None, date]:
    return row.deciding_unit_id, row.counter_id, row.operator, row.procedure_code, row.valid_from


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def _overlap(one: Any, other: Any) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _refuse_overlap(reader: FileReader, line: int | str, other: int | str) -> None:
    reader.refuse(
        line,
        f"khoảng thời gian trùng với mục ở dòng {other}; hãy kết thúc mục trước (valid_to) trước khi mục sau bắt đầu.",
        f"the period overlaps with the entry at line {other}; end the earlier one (valid_to) before the later begins.",
    )


def _refuse_repeated(reader: FileReader, rows: Sequence[Any], key: Callable[[Any], object]) -> None:
    first: dict[object, int | str] = {}
    for row in rows:
        if key(row) in first:
            line = first[key(row)]
            reader.refuse(row.line, f"mục này đã được khai ở dòng {line}.", f"this stands at line {line} already.")
        first.setdefault(key(row), row.line)


def _refuse_circles(reader: FileReader, rows: Mapping[str, files.UnitRow]) -> None:
    """Complain of a unit that is, over its parents, its own superior."""
    for row in rows.values():
        seen, parent = {row.code}, row.parent
        while parent is not None and parent in rows and parent not in seen:
            seen.add(parent)
            parent = rows[parent].parent
        if parent == row.code:
            reader.refuse(row.line, "đơn vị là cấp trên của chính mình.", "the unit is its own superior.")
