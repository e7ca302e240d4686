"""Publishing procedures: each folder by itself, whole or not at all; whoever calls commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from engine.catalogue.bundles import DIAGRAM, Bundle, gather, procedure_folders
from engine.catalogue.definitions import BundleRefused, ProcedureDefinition, read_bundle
from engine.catalogue.models import Procedure, ProcedureFile, ProcedureVersion
from engine.identities import fold
from engine.organisation.models import AdministrationEvent, AdministrationEventKind, Person, Unit
from engine.organisation.publication import PUBLICATION_LOCK
from engine.words import Words
from engine.workflow import Finding

logger = structlog.get_logger(__name__)


class Outcome(Words):
    """What became of one procedure at a publication."""

    PUBLISHED = "published", "Đã ban hành", "Published"
    UNCHANGED = "unchanged", "Không thay đổi", "Unchanged"
    REFUSED = "refused", "Không ban hành được", "Refused"


@dataclass(frozen=True, slots=True)
class ProcedureReport:
    """One procedure's part in a publication."""

    folder: str
    outcome: Outcome
    number: int | None = None
    """The version that is now the newest; None when the procedure was never published."""
    findings: tuple[Finding, ...] = ()
    """Why it was refused, or warnings; files are named below processes/."""


@dataclass(frozen=True, slots=True)
class PublicationReport:
    """What a publication did, procedure by procedure."""

    procedures: tuple[ProcedureReport, ...]

    def with_outcome(self, outcome: Outcome) -> tuple[ProcedureReport, ...]:
        """The procedures that came out this way."""
        return tuple(procedure for procedure in self.procedures if procedure.outcome is outcome)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, in the order of the procedures."""
        return tuple(finding for procedure in self.procedures for finding in procedure.findings)


def publish(session: Session, now: datetime, processes: Path, by: Person | None = None) -> PublicationReport:
    """Publish every procedure below `processes` whose files differ from its newest version.

    A version holds all files that it needs, so that later changes to shared ones never reach it. A procedure with a
    mistake keeps its earlier versions and does not stop the others. Units must have been published before.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PUBLICATION_LOCK})
    codes = frozenset(session.scalars(select(Unit.code)))
    return PublicationReport(
        tuple(
            _publish_one(session, now, gather(processes, folder), codes, by) for folder in procedure_folders(processes)
        )
    )


def _publish_one(
    session: Session, now: datetime, bundle: Bundle, units: frozenset[str], by: Person | None
) -> ProcedureReport:
    procedure = session.scalar(select(Procedure).where(Procedure.folder == bundle.folder))
    newest = _newest(session, procedure)
    number = newest.number if newest else None
    if newest is not None and not bundle.findings and newest.digest == bundle.digest:
        return ProcedureReport(bundle.folder, Outcome.UNCHANGED, number)
    try:
        definition = read_bundle(bundle)
        _check_against_catalogue(session, bundle, definition, procedure, units)
    except BundleRefused as refused:
        return ProcedureReport(bundle.folder, Outcome.REFUSED, number, refused.findings)
    except Exception as error:
        logger.exception("procedure could not be read", folder=bundle.folder)
        return ProcedureReport(bundle.folder, Outcome.REFUSED, number, (_unexpected(bundle, error),))
    try:
        with session.begin_nested():
            version = _add_version(session, now, bundle, definition, procedure, (number or 0) + 1, by)
    except DataError as error:
        return ProcedureReport(bundle.folder, Outcome.REFUSED, number, (_unexpected(bundle, error),))
    warnings = tuple(bundle.located(finding) for finding in definition.workflow.warnings)
    return ProcedureReport(bundle.folder, Outcome.PUBLISHED, version.number, warnings)


def _newest(session: Session, procedure: Procedure | None) -> ProcedureVersion | None:
    if procedure is None:
        return None
    return session.scalar(
        select(ProcedureVersion)
        .where(ProcedureVersion.procedure_id == procedure.id)
        .order_by(ProcedureVersion.number.desc())
        .limit(1)
    )


def _add_version(
    session: Session,
    now: datetime,
    bundle: Bundle,
    definition: ProcedureDefinition,
    procedure: Procedure | None,
    number: int,
    by: Person | None,
) -> ProcedureVersion:
    properties = definition.properties
    if procedure is None:
        procedure = Procedure(folder=bundle.folder, code=properties.code)
    version = ProcedureVersion(
        procedure=procedure,
        number=number,
        digest=bundle.digest,
        name=properties.name,
        name_en=properties.name_en,
        folded_name=fold(properties.name),
        field=properties.field,
        legal_basis=properties.legal_basis,
        effective_from=properties.effective_from,
        effective_to=properties.effective_to,
        properties=dict(definition.workflow.properties),
        published_at=now,
        published_by_id=by.id if by else None,
        files=[ProcedureFile(name=name, content=content) for name, content in sorted(bundle.files.items())],
    )
    session.add(version)
    session.add(
        AdministrationEvent(
            at=now,
            kind=AdministrationEventKind.PROCEDURE_PUBLISHED,
            actor_id=by.id if by else None,
            actor_name=by.full_name if by else "",
            subject=bundle.folder,
            details={"code": properties.code, "number": number, "digest": bundle.digest},
        )
    )
    session.flush()
    return version


def _check_against_catalogue(
    session: Session,
    bundle: Bundle,
    definition: ProcedureDefinition,
    procedure: Procedure | None,
    units: frozenset[str],
) -> None:
    """Raise BundleRefused for unknown units, for a code that changes, or that another procedure has."""
    code = definition.properties.code
    findings = [
        _finding(
            bundle,
            "deciding-unit-unknown",
            f"Không có đơn vị nào mang mã “{unit}” (deciding_unit).",
            f"There is no unit with the code “{unit}” (deciding_unit).",
            ("Sửa mã, hoặc thêm vào organisation/units.yaml.", "Mend the code, or add it to organisation/units.yaml."),
        )
        for unit in definition.properties.deciding_units
        if unit not in units
    ]
    if procedure is not None and procedure.code != code:
        findings.append(
            _finding(
                bundle,
                "code-changed",
                f"Mã thủ tục đổi từ {procedure.code} thành {code}.",
                f"The procedure's code changes from {procedure.code} to {code}.",
                ("Thủ tục mang mã mới cần thư mục riêng.", "A procedure with a new code needs a folder of its own."),
            )
        )
    other = session.scalar(select(Procedure).where(Procedure.code == code, Procedure.folder != bundle.folder))
    if other is not None:
        findings.append(
            _finding(
                bundle,
                "code-taken",
                f"Mã thủ tục {code} đã dùng cho {other.folder}.",
                f"The code {code} belongs to {other.folder} already.",
                ("Sửa thuộc tính code.", "Correct the property code."),
            )
        )
    if findings:
        raise BundleRefused(tuple(findings))


def _finding(bundle: Bundle, rule: str, vi: str, en: str, remedy: tuple[str, str]) -> Finding:
    return Finding(rule, bundle.path(DIAGRAM), bundle.process_line, bundle.process_id, vi, en, remedy[0], remedy[1])


def _unexpected(bundle: Bundle, error: Exception) -> Finding:
    reason = f"{type(error).__name__}: {error.orig if isinstance(error, DataError) else error}"
    return _finding(
        bundle,
        "unexpected-error",
        f"Không đọc được thủ tục: {reason}",
        f"The procedure could not be read: {reason}",
        ("Báo lỗi kèm các tệp của thủ tục.", "Report this together with the procedure's files."),
    )
