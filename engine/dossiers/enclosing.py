"""Files that come in, papers that go out, and looking at an identity number, each written into the log."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from engine.dossiers.models import Attachment, Document, DocumentKind, Dossier, Event, EventKind, Party
from engine.dossiers.paper_contents import (
    apology_content,
    control_slip_content,
    papers_requested_at,
    receipt_changed_at,
    receipt_content,
    refusal_content,
    supplement_request_content,
)
from engine.dossiers.queries import dossier_for
from engine.dossiers.refusals import FileRefused
from engine.organisation.actors import Actor
from engine.papers import print_apology, print_control_slip, print_receipt, print_refusal, print_supplement_request

MEGABYTE = 1_000_000
LARGEST_FILE = 20 * MEGABYTE
LONGEST_NAME = 255
UNNAMED = "tep"
"""What a file is called whose name holds nothing that can be shown."""
SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""What is taken, recognised by how the content begins and not by what the browser says it is."""


def add_attachment(
    session: Session,
    actor: Actor,
    now: datetime,
    dossier_id: int,
    file_name: str,
    content: bytes,
    *,
    component_id: int | None = None,
    task_id: UUID | None = None,
) -> Attachment:
    """Keep an uploaded file with the dossier; raises FileRefused for an empty, too large or unknown kind of file."""
    dossier = _locked(session, actor, dossier_id)
    attachment = Attachment(
        id=uuid4(),
        dossier_id=dossier.id,
        component_id=component_id,
        task_id=task_id,
        file_name=_tidy(file_name),
        media_type=_media_type(file_name, content),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by_id=actor.id,
        uploaded_at=now,
    )
    session.add(attachment)
    _log(session, dossier, actor, now, EventKind.FILE_ADDED, file=attachment.file_name, size=attachment.size)
    return attachment


def reveal_identity(session: Session, actor: Actor, now: datetime, dossier_id: int) -> Party:
    """The applicant with the whole identity number; who looked and when stands in the log (domain 8)."""
    dossier = _locked(session, actor, dossier_id)
    _log(session, dossier, actor, now, EventKind.IDENTITY_READ)
    return dossier.applicant


def make_document(
    session: Session, actor: Actor, now: datetime, dossier_id: int, kind: DocumentKind, public_address: str = ""
) -> Document:
    """The paper of this kind: made once and the same bytes ever after.

    The control slip grows and is made anew; so is the request for papers after a later request, and the receipt after
    a payment or when the dossier was passed to another agency. Old ones are kept as they were handed out.
    Raises NotYetReceived when the dossier has not come to the point where that paper exists.
    """
    dossier = _locked(session, actor, dossier_id)
    made = session.scalars(
        select(Document)
        .where(Document.dossier_id == dossier.id, Document.kind == kind)
        .options(undefer(Document.content))
        .order_by(Document.id.desc())
        .limit(1)
    ).one_or_none()
    if made is not None and _still_says_it(session, dossier, made):
        return made
    content = _print(session, dossier, now, kind, public_address)
    if made is not None and made.content == content:
        return made
    document = Document(dossier_id=dossier.id, kind=kind, content=content, made_at=now, made_by_id=actor.id)
    session.add(document)
    _log(session, dossier, actor, now, EventKind.PAPER_MADE, paper=kind)
    return document


def _still_says_it(session: Session, dossier: Dossier, made: Document) -> bool:
    if made.kind == DocumentKind.SUPPLEMENT_REQUEST:
        return made.made_at >= papers_requested_at(session, dossier)
    if made.kind == DocumentKind.RECEIPT:
        changed = receipt_changed_at(session, dossier)
        return changed is None or made.made_at > changed
    return made.kind != DocumentKind.CONTROL_SLIP


def _locked(session: Session, actor: Actor, dossier_id: int) -> Dossier:
    """The dossier as it is now, locked as every step locks it: who reads the log on from its last entry would pass over
    an entry that got its number before a step's and is committed after it. Raises UnknownDossier."""
    session.get(Dossier, dossier_id, with_for_update=True, populate_existing=True)
    return dossier_for(session, actor, dossier_id)


def _print(session: Session, dossier: Dossier, now: datetime, kind: DocumentKind, public_address: str) -> bytes:
    match kind:
        case DocumentKind.RECEIPT:
            return print_receipt(receipt_content(session, dossier, public_address), both_copies=True)
        case DocumentKind.SUPPLEMENT_REQUEST:
            return print_supplement_request(supplement_request_content(session, dossier))
        case DocumentKind.REFUSAL:
            return print_refusal(refusal_content(session, dossier))
        case DocumentKind.APOLOGY:
            return print_apology(apology_content(session, dossier))
        case DocumentKind.CONTROL_SLIP:
            return print_control_slip(control_slip_content(session, dossier, now))
    raise ValueError(kind)


def _tidy(file_name: str) -> str:
    """The name alone, without folders, and without characters that no header and no page could carry faithfully."""
    printable = "".join(letter for letter in file_name if letter.isprintable())
    return re.split(r"[/\\]", printable)[-1][-LONGEST_NAME:] or UNNAMED


def _media_type(file_name: str, content: bytes) -> str:
    limit = LARGEST_FILE // MEGABYTE
    if not content:
        raise FileRefused(name=file_name, reason_vi="tệp rỗng", reason_en="it is empty", limit=limit)
    if len(content) > LARGEST_FILE:
        raise FileRefused(name=file_name, reason_vi="tệp quá lớn", reason_en="it is too large", limit=limit)
    for signature, media_type in SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    raise FileRefused(name=file_name, reason_vi="loại tệp không được nhận", reason_en="unknown file type", limit=limit)


def _log(session: Session, dossier: Dossier, actor: Actor, now: datetime, kind: EventKind, **details: object) -> None:
    session.add(
        Event(dossier_id=dossier.id, at=now, kind=kind, actor_id=actor.id, actor_name=actor.name, details=details)
    )
