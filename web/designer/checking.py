"""What the next publication would complain of: the files in processes/ as they lie there now."""

from __future__ import annotations

from flask import current_app

from engine.catalogue.bundles import gather, procedure_folders
from engine.catalogue.definitions import BundleRefused, read_bundle
from engine.settings import Settings
from engine.workflow import Finding


def findings_on_disk() -> list[Finding]:
    """Every finding in every procedure folder, in order."""
    settings: Settings = current_app.extensions["settings"]
    findings: list[Finding] = []
    for folder in procedure_folders(settings.processes):
        try:
            read_bundle(gather(settings.processes, folder))
        except BundleRefused as refused:
            findings.extend(refused.findings)
    return findings
