"""A procedure version ready for use: its executable diagram, its forms and its properties, kept in the process."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine.catalogue.bundles import DIAGRAM, REQUIRED_DECISIONS, Bundle
from engine.catalogue.lengths import too_long
from engine.catalogue.limits import FUNCTION, limits_with_gaps, wrong_limits
from engine.catalogue.models import Procedure, ProcedureFile, ProcedureVersion
from engine.catalogue.properties import ProcedureProperties, PropertiesUnusable, read_properties
from engine.catalogue.refusals import UnknownVersion
from engine.catalogue.vocabulary import unknown_words
from engine.forms import Form, FormUnreadable, read_form
from engine.recently_used import RecentlyUsed
from engine.workflow import Definition, DiagramRefused, Finding, Signature, read_definition, taking

EXPRESSION_FUNCTIONS: Mapping[str, Signature] = {
    FUNCTION: taking("date", {"text"}),
    "working_days": taking(None, {"number"}),
    "working_hours": taking(None, {"number"}),
    "calendar_days": taking(None, {"number"}),
    "working_day_end": taking("date"),
    "hand_over_limit": taking("date"),
}
"""The law's clock as expressions may use it, besides the language's own functions; engine.dossiers offers them."""

MOST_VERSIONS = 300
"""How many versions a process keeps ready."""


@dataclass(frozen=True, slots=True)
class ProcedureDefinition:
    """Everything that a version says; immutable, shared between threads and dossiers."""

    workflow: Definition
    forms: Mapping[str, Form]
    """By form id; the procedure's own form before a shared one of the same name."""
    properties: ProcedureProperties

    @property
    def has_fees(self) -> bool:
        """Whether the version decides on fees at all."""
        return "fees" in self.workflow.decisions


class BundleRefused(Exception):
    """The files of a procedure cannot be published; `findings` says why, paths below processes/."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(map(str, findings)))


_by_content: RecentlyUsed[tuple[str, str], ProcedureDefinition] = RecentlyUsed(MOST_VERSIONS)
_by_database: WeakKeyDictionary[Engine, RecentlyUsed[int, ProcedureDefinition]] = WeakKeyDictionary()


def definition_of(session: Session, version_id: int) -> ProcedureDefinition:
    """The definition of a published version; one query the first time, none afterwards. Raises UnknownVersion."""
    versions = _by_database.setdefault(session.get_bind().engine, RecentlyUsed(MOST_VERSIONS))
    kept = versions.get(version_id)
    return kept or versions.get_or_make(version_id, lambda: _load(session, version_id))


def read_bundle(bundle: Bundle, functions: Collection[str] | None = EXPRESSION_FUNCTIONS) -> ProcedureDefinition:
    """The definition in gathered files; raises BundleRefused with everything that is wrong with them.

    Without `functions` the calls in expressions are not checked, as for what has been published already.
    """
    findings = list(bundle.findings)
    definition = properties = None
    try:
        definition = read_definition(_diagrams(bundle.files), bundle.process_id, functions)
    except DiagramRefused as refused:
        findings += [bundle.located(finding) for finding in refused.findings]
    forms = dict(_forms(bundle, findings))
    if definition is not None:
        findings += _missing_decisions(bundle, definition)
        findings += map(bundle.located, _wrong_limits(definition, functions is not None))
        # What has been published already stops by itself where it asks for an unknown word; the rest of it may run.
        if functions is not None:
            findings += (*map(bundle.located, unknown_words(definition)), *too_long(bundle, definition, forms))
        try:
            properties = read_properties(definition)
        except PropertiesUnusable as unusable:
            findings += unusable.findings(bundle.path(DIAGRAM), bundle.process_line, bundle.process_id)
    if properties is not None and properties.intake_form not in forms:
        findings.append(_no_intake_form(bundle, properties.intake_form))
    if findings or definition is None or properties is None:
        raise BundleRefused(tuple(findings))
    return ProcedureDefinition(definition, forms, properties)


def _wrong_limits(definition: Definition, before_publishing: bool) -> list[Finding]:
    """A gap refuses what is to be published; dossiers that run already need not fall into it."""
    wrong = list(wrong_limits(definition))
    return wrong or (list(limits_with_gaps(definition)) if before_publishing else [])


def _load(session: Session, version_id: int) -> ProcedureDefinition:
    rows = session.execute(
        select(Procedure.folder, ProcedureFile.name, ProcedureFile.content)
        .join(ProcedureVersion, ProcedureVersion.id == ProcedureFile.version_id)
        .join(Procedure)
        .where(ProcedureFile.version_id == version_id)
    ).all()
    if not rows:
        raise UnknownVersion(version=version_id)
    bundle = Bundle(rows[0].folder, {row.name: row.content for row in rows})
    # A check of calls that came later than the version must not stop the dossiers that run on it.
    return _by_content.get_or_make((bundle.folder, bundle.digest), lambda: read_bundle(bundle, functions=None))


def _diagrams(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith((".bpmn", ".dmn"))}


def _form_names(files: Mapping[str, bytes]) -> list[str]:
    """Names of the form files, shared ones first, so that the procedure's own win."""
    return sorted((name for name in files if name.endswith(".form")), key=lambda name: "/" not in name)


def _form_id(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".form")


def _forms(bundle: Bundle, findings: list[Finding]) -> Iterator[tuple[str, Form]]:
    """The forms that can be read; the problems of the others go to `findings`."""
    for name in _form_names(bundle.files):
        try:
            yield _form_id(name), read_form(bundle.files[name])
        except FormUnreadable as unreadable:
            findings += [
                Finding(
                    rule="form-invalid",
                    file=bundle.path(name),
                    line=problem.line,
                    element_id=problem.field or None,
                    message_vi=problem.what.vi,
                    message_en=problem.what.en,
                    remedy_vi=problem.remedy.vi,
                    remedy_en=problem.remedy.en,
                )
                for problem in unreadable.problems
            ]


def _missing_decisions(bundle: Bundle, definition: Definition) -> Iterator[Finding]:
    """Tables that exist but hold a decision of another name."""
    for decision in REQUIRED_DECISIONS:
        if decision not in definition.decisions and f"{decision}.dmn" in bundle.files:
            yield Finding(
                rule=f"{decision}-decision-missing",
                file=bundle.path(f"{decision}.dmn"),
                line=None,
                element_id=None,
                message_vi=f"Tệp không có bảng quyết định mang id “{decision}”.",
                message_en=f"The file has no decision with the id “{decision}”.",
                remedy_vi=f"Đặt id của bảng quyết định là “{decision}”.",
                remedy_en=f"Give the decision the id “{decision}”.",
            )


def _no_intake_form(bundle: Bundle, form: str) -> Finding:
    return Finding(
        rule="intake-form-missing",
        file=bundle.path(DIAGRAM),
        line=bundle.process_line,
        element_id=bundle.process_id,
        message_vi=f"Biểu mẫu tiếp nhận “{form}” không được sơ đồ nào dùng.",
        message_en=f"No diagram uses the intake form “{form}”.",
        remedy_vi="Sửa thuộc tính intake_form hoặc thêm biểu mẫu.",
        remedy_en="Correct the property intake_form, or add the form.",
    )
