"""Why a procedure cannot be offered, or one of its decision tables cannot be used."""

from __future__ import annotations

from engine.refusals import Invalid, NotFound


class UnknownProcedure(NotFound):
    """No procedure has this code, or none of its versions is in force on the day."""

    vi = "Không có thủ tục nào mang mã “{code}” đang có hiệu lực vào ngày {on}."
    en = "No procedure with the code “{code}” is in force on {on}."
    remedy_vi = "Kiểm tra mã thủ tục, hoặc tìm theo tên trong danh sách thủ tục đang tiếp nhận."
    remedy_en = "Check the code, or search the list of procedures by name."


class UnknownVersion(NotFound):
    """No procedure version has this id."""

    vi = "Không có phiên bản thủ tục số {version}."
    en = "There is no procedure version {version}."


class UnknownFile(NotFound):
    """The version has no file of this name."""

    vi = "Phiên bản này không có tệp “{name}”."
    en = "This version has no file “{name}”."


class DecisionUnusable(Invalid):
    """A decision table gave a value that cannot be used."""

    vi = "Bảng quyết định “{decision}” cho kết quả không dùng được: cột “{column}” là “{value}”."
    en = "The decision “{decision}” gave a result that cannot be used: “{column}” is “{value}”."
    remedy_vi = "Báo cho người thiết kế quy trình sửa bảng quyết định rồi ban hành lại."
    remedy_en = "Tell the process designer to mend the table and publish again."


class UnknownLimit(Invalid):
    """No table of limits has a row of this name that holds for this dossier."""

    vi = "Không có dòng “{name}” áp dụng cho hồ sơ này trong các bảng thời hạn limits.dmn."
    en = "No row “{name}” of the tables limits.dmn holds for this dossier."
    remedy_vi = "Báo cho người thiết kế quy trình bổ sung dòng còn thiếu rồi ban hành lại."
    remedy_en = "Tell the process designer to add the missing row and publish again."


class NoLegalLimit(Invalid):
    """The table of deadlines has no row for this dossier."""

    vi = "Bảng thời hạn “deadline” không có dòng nào cho hồ sơ này."
    en = "The decision “deadline” has no row for this dossier."
    remedy_vi = "Báo cho người thiết kế quy trình bổ sung dòng còn thiếu rồi ban hành lại."
    remedy_en = "Tell the process designer to add the missing row and publish again."
