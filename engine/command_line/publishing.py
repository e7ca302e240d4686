"""Publishing a folder of processes, and saying on the console what changed and what is broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from engine.catalogue.operations import Outcome
from engine.catalogue.operations import publish as publish_procedures
from engine.command_line.console import language, tell, warn
from engine.command_line.describing import describe
from engine.organisation.operations import publish_organisation, publish_settings
from engine.workflow import Finding


def publish_everything(sessions: sessionmaker[Session], now: datetime, processes: Path) -> list[Finding]:
    """Publish organisation, settings and procedures; returns what was found, after printing it.

    Organisation and calendars are committed first, so that a broken procedure cannot hold them up. A broken file is
    left out whole, what was published of it before stays in force, and everything else is served.
    """
    with sessions.begin() as session:
        organisation = publish_organisation(session, now, processes)
        settings = publish_settings(session, now, processes)
    with sessions.begin() as session:
        procedures = publish_procedures(session, now, processes)
    findings = [*organisation.findings, *settings.findings, *procedures.findings]
    changes = len(organisation.changes) + len(settings.changes)
    if changes:
        tell(
            f"Cơ cấu tổ chức, lịch làm việc, thiết lập: đã ban hành {changes} mục.",
            f"Organisation, calendars and settings: {changes} entries published.",
        )
    for procedure in procedures.with_outcome(Outcome.PUBLISHED):
        folder, number = procedure.folder, procedure.number
        tell(f"Đã ban hành thủ tục {folder}, phiên bản {number}.", f"Procedure published: {folder}, version {number}.")
    show_findings(findings)
    return findings


def show_findings(findings: Sequence[Finding]) -> None:
    """Print file, line, reason and remedy of each finding, in the terminal's language."""
    chosen = language()
    for finding in findings:
        warn(f"{finding.severity}: {describe(finding, chosen)}")
    if any(finding.severity == "error" for finding in findings):
        warn(
            "Những tệp trên bị bỏ qua; phần còn lại vẫn hoạt động."
            if chosen == "vi"
            else "These files are left out; everything else is served."
        )
