"""The one shape of every refusal: problem details as RFC 9457 defines them."""

from __future__ import annotations

from pydantic import ConfigDict

from web.api.shapes.base import Answer, Moment, described


class FieldProblem(Answer):
    """One wrong field of the request."""

    field: str = described(
        "Path of the field in the request, joined by dots.", "answers.decision", "applicant.full_name"
    )
    code: str = described("What is wrong, for programs.", "field_missing")
    detail: str = described("What is wrong, for people.", "“Quyết định” là thông tin bắt buộc.")


class Problem(Answer):
    """Why the request was refused and what to do now; nothing was changed."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    type: str = described("Identifies the kind of problem.", "urn:motcua:problem:task_already_done")
    title: str = described("The kind of problem in words.", "Có người đã làm trước")
    status: int = described("The HTTP status.", 409)
    detail: str = described(
        "What happened, in the language of the request.",
        "Công việc “Thụ lý hồ sơ” đã được Lý Thị Hường hoàn thành lúc 09:40 29/03/2022.",
    )
    instance: str = described(
        "The address that was asked.", "/api/v1/tasks/1f0e7c1e-5d52-4b43-9a63-6f0e3f3d7c11/complete"
    )
    code: str = described("The last part of `type`, for programs.", "task_already_done")
    remedy: str | None = described(
        "What the reader can do now.", "Hãy mở lại hồ sơ để xem bước hiện tại.", default=None
    )
    errors: list[FieldProblem] | None = described("Every wrong field, when fields were wrong.", default=None)
    completed_by: str | None = described("Who completed the task first.", "Lý Thị Hường", default=None)
    completed_at: Moment | None = described("When it was completed.", "2022-03-29T02:40:00Z", default=None)
    claimed_by: str | None = described("Who has taken the task.", "Lý Thị Hường", default=None)
    claimed_at: Moment | None = described("When it was taken.", "2022-03-29T02:40:00Z", default=None)
