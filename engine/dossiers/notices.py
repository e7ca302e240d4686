"""What an applicant is told by e-mail at each turn of the dossier: Vietnamese first, the same in English below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Template

from sqlalchemy.orm import Session

from engine.dossiers.models import Dossier, ReturnMethod
from engine.dossiers.paper_contents import apology_content, refusal_content, supplement_request_content
from engine.dossiers.queries import published_components, refunds_of
from engine.identities import show_money
from engine.papers import ListedPaper
from engine.worktime import TIME_ZONE


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice in both languages; the texts stand between salutation and signature."""

    subject_vi: str
    vi: str
    subject_en: str
    en: str


NOTICES: Mapping[str, Notice] = {
    "incomplete": Notice(
        "Hồ sơ $number cần được hoàn thiện",
        "Qua kiểm tra, hồ sơ $number ($summary) chưa đủ điều kiện tiếp nhận. Đề nghị Ông/Bà hoàn thiện hồ sơ theo "
        "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ số $paper:\n$papers_vi\nLý do: $reason\n\n"
        "Kính mời Ông/Bà nộp giấy tờ tại quầy hoặc qua dịch vụ bưu chính$until_vi. Thời hạn giải quyết được tính từ "
        "khi nhận đủ hồ sơ hợp lệ.",
        "Dossier $number has to be completed",
        "Dossier $number ($summary_en) cannot be accepted yet. Please complete it as asked in supplement request no. "
        "$paper:\n$papers_en\nReason: $reason\n\n"
        "The papers may be brought to the counter or sent by post$until_en. The time limit runs from the day on which "
        "the complete dossier is received.",
    ),
    "rejected": Notice(
        "Hồ sơ $number không được tiếp nhận",
        "Hồ sơ $number ($summary) không được tiếp nhận, giải quyết, theo Phiếu từ chối tiếp nhận giải quyết hồ sơ số "
        "$paper, với lý do sau: $reason\n\nNếu cần được hướng dẫn thêm, kính mời Ông/Bà liên hệ nơi nhận hồ sơ.",
        "Dossier $number was not accepted",
        "Dossier $number ($summary_en) was not accepted (refusal no. $paper). Reason: $reason\n\n"
        "The office named below will gladly tell you more.",
    ),
    "supplement_requested": Notice(
        "Hồ sơ $number cần bổ sung giấy tờ",
        "Hồ sơ $number ($summary) cần được bổ sung giấy tờ theo Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ số $paper:\n"
        "$papers_vi\nLý do: $reason\n\nKính mời Ông/Bà bổ sung$until_vi. Thời hạn giải quyết tạm dừng cho đến khi nhận "
        "đủ giấy tờ.",
        "Papers are needed for dossier $number",
        "Dossier $number ($summary_en) needs further papers, as asked in supplement request no. $paper:\n$papers_en\n"
        "Reason: $reason\n\nPlease supply them$until_en. The time limit stands still until they have come.",
    ),
    "apology": Notice(
        "Xin lỗi và hẹn lại ngày trả kết quả hồ sơ $number",
        "$unit xin lỗi Ông/Bà vì không trả kết quả hồ sơ $number ($summary) đúng thời gian đã hẹn là $due. "
        "Lý do: $reason\n\nThời gian trả kết quả mới: $promised. Văn bản số $paper có tại quầy nhận hồ sơ.",
        "Apology, and a new date for dossier $number",
        "$unit_en apologises: the result of dossier $number ($summary_en) cannot be given at the promised time, $due. "
        "Reason: $reason\n\nThe new time is $promised. The letter, no. $paper, can be had at the counter.",
    ),
    "transferred": Notice(
        "Hồ sơ $number được chuyển đến cơ quan có thẩm quyền",
        "Hồ sơ $number ($summary) được chuyển đến $unit để giải quyết theo đúng thẩm quyền. Mã hồ sơ và thời gian hẹn "
        "trả kết quả không thay đổi; Ông/Bà không phải nộp thêm giấy tờ.",
        "Dossier $number was passed to the competent agency",
        "Dossier $number ($summary_en) was passed to $unit_en, which is competent for it. Its number and the promised "
        "time do not change, and you need not hand in anything.",
    ),
    "supplement_expired": Notice(
        "Hồ sơ $number đã dừng giải quyết",
        "Đã hết thời hạn bổ sung giấy tờ nên hồ sơ $number ($summary) dừng giải quyết. Ông/Bà có thể nộp lại hồ sơ mới "
        "khi đã có đủ giấy tờ.",
        "Dossier $number was stopped",
        "The time for supplying papers is over, so dossier $number ($summary_en) was stopped. You may file a new "
        "dossier when you have all the papers.",
    ),
    "withdrawn": Notice(
        "Hồ sơ $number đã dừng giải quyết theo đề nghị rút hồ sơ",
        "Cơ quan giải quyết đã xác nhận việc rút hồ sơ $number ($summary); hồ sơ dừng giải quyết. Kính mời Ông/Bà nhận "
        "lại giấy tờ bản chính đã nộp tại quầy.",
        "Dossier $number was withdrawn",
        "The agency has confirmed that dossier $number ($summary_en) is withdrawn; it was stopped. Your original "
        "papers can be had at the counter.",
    ),
    "excess_refunded": Notice(
        "Hoàn số tiền nộp thừa của hồ sơ $number",
        "Phí, lệ phí của hồ sơ $number ($summary) đã được xác định lại, thấp hơn số tiền Ông/Bà đã nộp. Số tiền nộp "
        "thừa $refunded được hoàn lại. Kính mời Ông/Bà đến nhận tại quầy, mang theo biên lai số $receipts.",
        "Money that you paid beyond the fee of dossier $number goes back",
        "The fee of dossier $number ($summary_en) was reckoned anew and is less than you paid. The difference, "
        "$refunded_en, goes back to you. Please come to the counter for it and bring receipt no. $receipts.",
    ),
    "result_unclaimed": Notice(
        "Kết quả hồ sơ $number chưa được nhận",
        "Kết quả hồ sơ $number ($summary) đã có tại quầy nhưng chưa được nhận. Kính mời Ông/Bà đến nhận, mang theo "
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả; nếu đã nhận, xin bỏ qua thông báo này.",
        "The result of dossier $number waits to be collected",
        "The result of dossier $number ($summary_en) is at the counter and was not collected yet. Please come for it "
        "and bring the receipt; if you have it already, please ignore this message.",
    ),
    "result_ready": Notice(
        "Hồ sơ $number đã có kết quả",
        "Hồ sơ $number ($summary) đã có kết quả. Kính mời Ông/Bà nhận kết quả theo hình thức đã đăng ký: $method_vi. "
        "Khi đến nhận tại quầy, xin mang theo Giấy tiếp nhận hồ sơ và hẹn trả kết quả.",
        "The result of dossier $number is ready",
        "The result of dossier $number ($summary_en) is ready. You have chosen how to receive it: $method_en. If you "
        "come to the counter, please bring the receipt.",
    ),
}
"""By the name that diagrams and jobs call a notice by."""

FRAME = Template(
    "Kính gửi Ông/Bà $name,\n\n$vi\n\nTrân trọng,\n$counter\n\n"
    "------------------------------------------------------------\n\n"
    "Dear $name,\n\n$en\n\nYours faithfully,\n$counter_en\n"
)


def write_notice(session: Session, dossier: Dossier, template: str) -> tuple[str, str]:
    """Subject and text of a notice. Raises NotYetReceived when it speaks of a paper that was never made."""
    notice = NOTICES[template]
    words = _words(dossier) | _of_paper(session, dossier, template) | _of_refund(session, dossier, template)
    subject = Template(f"{notice.subject_vi} / {notice.subject_en}").substitute(words)
    vi, en = (Template(text).substitute(words) for text in (notice.vi, notice.en))
    return subject, FRAME.substitute(words, vi=vi, en=en)


def _words(dossier: Dossier) -> dict[str, str]:
    method, version = ReturnMethod(dossier.return_method), dossier.version
    own_words = dossier.summary != version.name
    return {
        "number": dossier.number or dossier.reference,
        "name": dossier.applicant.full_name,
        "summary": dossier.summary,
        "summary_en": dossier.summary if own_words else version.name_en,
        "method_vi": method.vi,
        "method_en": method.en,
        "counter": dossier.counter.name,
        "unit": dossier.deciding_unit.name,
        "unit_en": dossier.deciding_unit.name_en,
        "counter_en": dossier.counter.name_en,
    }


def _of_paper(session: Session, dossier: Dossier, template: str) -> dict[str, str]:
    """What the notice repeats of the paper that it announces."""
    if template == "rejected":
        refusal = refusal_content(session, dossier)
        return {"paper": refusal.refusal_number, "reason": refusal.reason}
    if template == "apology":
        apology = apology_content(session, dossier)
        return {
            "paper": apology.apology_number,
            "reason": apology.reason,
            "due": _moment(apology.due_at),
            "promised": _moment(apology.promised_at),
        }
    if template not in ("incomplete", "supplement_requested"):
        return {}
    request = supplement_request_content(session, dossier)
    english = {paper.name: paper.name_en for paper in published_components(session, dossier)}
    until = f"{request.answer_by.astimezone(TIME_ZONE):%d/%m/%Y}" if request.answer_by else ""
    return {
        "paper": request.request_number,
        "reason": request.reason,
        "papers_vi": _papers(request.missing, {}) or "- Nội dung nêu tại phần lý do.",
        "papers_en": _papers(request.missing, english) or "- What is said under the reason.",
        "until_vi": f" trước ngày {until}" if until else "",
        "until_en": f" before {until}" if until else "",
    }


def _papers(missing: Iterable[ListedPaper], names: Mapping[str, str]) -> str:
    """A line for each paper, called by its name in `names` where there is one, and what it lacks."""
    named = ((names.get(paper.name, paper.name), paper.note) for paper in missing)
    return "\n".join(f"- {name}: {note}" if note else f"- {name}" for name, note in named)


def _of_refund(session: Session, dossier: Dossier, template: str) -> dict[str, str]:
    """What went back last, and of which receipts."""
    if template != "excess_refunded":
        return {}
    refunds = refunds_of(session, dossier.id)
    latest = [refund for refund in refunds if refund.refunded_at == refunds[-1].refunded_at]
    amount = show_money(sum(refund.amount for refund in latest))
    return {
        "refunded": amount,
        "refunded_en": amount.replace("đồng", "VND"),
        "receipts": ", ".join(dict.fromkeys(refund.payment.receipt_number for refund in latest)),
    }


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"
