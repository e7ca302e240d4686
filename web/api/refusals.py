"""What the interface itself refuses, before the engine is asked."""

from __future__ import annotations

from engine.forms.refusals import Bilingual
from engine.refusals import Invalid, NotFound, Refusal, Unauthenticated


class MalformedJson(Refusal):
    """The body is not JSON (status 400)."""

    vi = "Nội dung gửi lên không phải JSON hợp lệ: {reason}."
    en = "The body is not valid JSON: {reason}."
    remedy_vi = "Hãy gửi một đối tượng JSON mã hóa UTF-8."
    remedy_en = "Send one JSON object, encoded as UTF-8."


class RequestRefused(Invalid):
    """Fields of the body or of the address are missing, unknown or wrong."""

    vi = "Yêu cầu có {count} chỗ chưa đúng."
    en = "The request is wrong in {count} places."
    remedy_vi = "Hãy sửa các trường được nêu trong “errors” rồi gửi lại. Chưa có gì được lưu."
    remedy_en = "Correct the fields named in “errors” and send again. Nothing has been saved."


class FieldRefused(Invalid):
    """One field is wrong; `said` says how in both languages, and `reason` is its code for programs."""

    vi = "{said}"
    en = "{said}"

    def __init__(self, reason: str, said: Bilingual) -> None:
        self.reason = reason
        super().__init__(said=said)

    @property
    def code(self) -> str:
        """The kind of mistake."""
        return self.reason


class TokenMissing(Unauthenticated):
    """The request carries no bearer token."""

    vi = "Yêu cầu chưa kèm mã truy cập."
    en = "The request carries no token."
    remedy_vi = "Tạo mã truy cập bằng POST /api/v1/tokens rồi gửi trong tiêu đề “Authorization: Bearer …”."
    remedy_en = "Create one by POST /api/v1/tokens and send it in the header “Authorization: Bearer …”."


class WrongIdempotencyKey(Invalid):
    """The header `Idempotency-Key` is empty, too long, or holds other than printable ASCII."""

    vi = "Tiêu đề Idempotency-Key phải gồm 1 đến {most} ký tự ASCII in được."
    en = "The header Idempotency-Key takes 1 to {most} printable ASCII characters."
    remedy_vi = "Hãy dùng một UUID ngẫu nhiên."
    remedy_en = "Use a random UUID."


class IdempotencyKeyReused(Invalid):
    """The key was used for another request before."""

    vi = "Idempotency-Key “{key}” đã được dùng cho một yêu cầu khác."
    en = "The Idempotency-Key “{key}” was used for another request before."
    remedy_vi = "Mỗi yêu cầu mới cần một khóa mới; chỉ dùng lại khóa khi gửi lại đúng yêu cầu cũ."
    remedy_en = "Use a new key for every new request; repeat a key only with the very same request."


class UnknownAddress(NotFound):
    """Nothing of the interface lives at this address."""

    vi = "Không có gì ở địa chỉ {path}."
    en = "There is nothing at {path}."
    remedy_vi = "Xem danh sách thao tác tại /api/v1/openapi.json."
    remedy_en = "The operations are listed at /api/v1/openapi.json."
