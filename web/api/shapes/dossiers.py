"""A dossier as a caller sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.dossiers.models import Charge as ChargeRow
from engine.dossiers.models import Component as ComponentRow
from engine.dossiers.models import Dossier as DossierRow
from engine.dossiers.models import DossierState
from engine.dossiers.models import Task as TaskRow
from engine.dossiers.models import Wait as WaitRow
from engine.identities import mask
from web.api.shapes.base import Answer, Moment, described
from web.api.shapes.procedures import UnitHead, unit_head
from web.api.shapes.tasks import Task, task_answer


class Applicant(Answer):
    """Whose dossier it is; the identity number is masked, because every look at it is logged."""

    kind: str = described("`person` or `organisation`.", "person")
    full_name: str = described("The whole name.", "Nguyễn Thị Ngọc Yến")
    identity_kind: str = described("Which paper showed who it is.", "citizen_id")
    identity_number: str = described("With its middle hidden.", "020•••••1234")
    phone: str = described("Telephone number.", "0912345678")
    email: str = described("E-mail address.", "yen.nguyen@example.vn")
    address: str = described("Address.", "Số 12, đường Trần Đăng Ninh, phường Tam Thanh")


class DossierComponent(Answer):
    """One paper that was handed in."""

    code: str = described("The component's code.", "application")
    name: str = described("Its name.", "Phiếu khai báo")
    name_en: str = described("Its name in English.", "Declaration form")
    originals: int = described("Number of originals.", 1)
    copies: int = described("Number of copies.", 0)
    supplement: int = described("0 at reception, n for the n-th supplement.", 0)


class DossierCharge(Answer):
    """One line of what is to be paid, in VND."""

    kind: str = described("`phi`, `le_phi` or `cuoc`.", "phi")
    name: str = described("What for.", "Phí thẩm định cấp thẻ")
    name_en: str = described("The same in English.", "Appraisal fee for the card")
    amount: int = described("Whole VND.", 650000)
    paid: bool = described("Whether it has been paid or waived.", False)


class DossierWait(Answer):
    """Something that the dossier waits for and nobody has a task for."""

    name: str = described("The reason.", "Chờ ngân hàng xác nhận ký quỹ")
    name_en: str = described("The same in English.", "Wait for the bank to confirm the deposit")
    since: Moment = described("Since when.", "2022-03-22T07:00:00Z")
    due_at: Moment | None = described("Until when at the latest.", "2022-03-25T07:00:00Z")


class Dossier(Answer):
    """A dossier: what is asked, where it stands, and until when it must be decided."""

    number: str | None = described("Mã số hồ sơ; null before acceptance.", "H37.15-220322-0001")
    reference: str = described("What it is called before it has a number.", "TN-4K7Q2M")
    lookup_code: str = described("Opens the public tracking page together with the number.", "7KQ4M2XD")
    state: str = described("The state.", "examining")
    state_title: str = described("The state in Vietnamese.", "Đang thụ lý")
    state_title_en: str = described("The state in English.", "Being examined")
    procedure: str = described("The procedure's national code.", "2.000134")
    procedure_name: str = described("The procedure's name.", "Khai báo sử dụng máy, thiết bị")
    procedure_name_en: str = described("The same in English.", "Declaration of the use of machinery")
    summary: str = described("What is asked for.", "Khai báo 02 thang máy")
    channel: str = described("How it came: `counter`, `online` or `post`.", "counter")
    return_method: str = described("How the result is returned.", "counter")
    applicant: Applicant = described("Whose dossier it is.")
    submitter: str | None = described("Who handed it in, when that is another person.")
    counter: UnitHead = described("Where it was received.")
    deciding_unit: UnitHead = described("Who decides.")
    submitted_at: Moment = described("When it came.", "2022-03-22T02:40:00Z")
    received_at: Moment | None = described("When it was accepted; the clock starts here.", "2022-03-22T02:40:00Z")
    original_due_at: Moment | None = described("The due date fixed at acceptance.", "2022-03-29T02:40:00Z")
    due_at: Moment | None = described("The due date after lawful suspensions.", "2022-03-29T02:40:00Z")
    promised_at: Moment | None = described("A later date promised in an apology.")
    suspended_at: Moment | None = described("Since when the clock stands still.")
    processing_ended_at: Moment | None = described("When the result was issued; lateness is judged by this.")
    returned_at: Moment | None = described("When the result was returned.")
    closed_at: Moment | None = described("When the dossier ended.")
    result_number: str | None = described("The number of the result paper.", "128/GXN-SLĐTBXH")
    result_kind: str | None = described("`approval` or `refusal`.", "approval")
    components: list[DossierComponent] = described("The papers handed in.")
    charges: list[DossierCharge] = described("What is to be paid.")
    open_tasks: list[Task] = described("What people are to do now.")
    waits: list[DossierWait] = described("What it waits for.")


def name_of(dossier: DossierRow) -> str:
    """What the dossier is called: its number, or its reference before acceptance."""
    return dossier.number or dossier.reference


def dossier_answer(
    dossier: DossierRow,
    tasks: Sequence[TaskRow],
    waits: Sequence[WaitRow],
    charges: Sequence[ChargeRow],
    *,
    papers_en: Mapping[str, str],
    elements_en: Mapping[str, str],
) -> Dossier:
    """A dossier row with its open places as answered.

    `papers_en` and `elements_en` are the English names of components, by code, and of the diagram's elements, by id;
    what they leave out keeps its Vietnamese name.
    """
    state = DossierState(dossier.state)
    return Dossier(
        **{name: getattr(dossier, name) for name in _COPIED},
        state=state.value,
        state_title=state.vi,
        state_title_en=state.en,
        procedure=dossier.version.procedure.code,
        procedure_name=dossier.version.name,
        procedure_name_en=dossier.version.name_en,
        applicant=_applicant(dossier),
        submitter=dossier.submitter.full_name if dossier.submitter else None,
        counter=unit_head(dossier.counter),
        deciding_unit=unit_head(dossier.deciding_unit),
        components=[_component(one, papers_en.get(one.code, one.name)) for one in dossier.components],
        charges=[_charge(charge) for charge in charges],
        open_tasks=[task_answer(task, name_of(dossier)) for task in tasks],
        waits=[_wait(wait, elements_en.get(wait.element_id, wait.name)) for wait in waits],
    )


_COPIED = tuple(name for name in Dossier.model_fields if name in DossierRow.__table__.columns and name != "state")
"""The members that the answer and the table's row have in common."""


def _applicant(dossier: DossierRow) -> Applicant:
    party = dossier.applicant
    return Applicant(
        **{name: getattr(party, name) for name in Applicant.model_fields if name != "identity_number"},
        identity_number=mask(party.identity_number),
    )


def _component(component: ComponentRow, name_en: str) -> DossierComponent:
    copied = {name: getattr(component, name) for name in DossierComponent.model_fields if name != "name_en"}
    return DossierComponent(**copied, name_en=name_en)


def _wait(wait: WaitRow, name_en: str) -> DossierWait:
    return DossierWait(name=wait.name, name_en=name_en, since=wait.since, due_at=wait.due_at)


def _charge(charge: ChargeRow) -> DossierCharge:
    return DossierCharge(
        kind=charge.kind,
        name=charge.name,
        name_en=charge.name_en or charge.name,
        amount=charge.amount,
        paid=charge.payment_id is not None,
    )
