"""What can be wrong with a calendar, office hours or a time limit, said in both languages with the way to mend it."""

from __future__ import annotations

from engine.refusals import Invalid
from engine.words import Words


class Expected(Words):
    """What a value in a calendar or office-hours file should have been."""

    DATE = "date", "một ngày dạng 2026-01-31", "a date such as 2026-01-31"
    YEAR = "year", "một năm dạng 2026", "a year such as 2026"
    BOOLEAN = "boolean", "true hoặc false", "true or false"
    TIME = "time", "giờ dạng 15:00", "a time such as 15:00"
    SESSION = "session", "buổi làm việc dạng 7:30-11:30", "a session such as 7:30-11:30"
    DAY_KIND = "day_kind", "off (ngày nghỉ) hoặc work (ngày làm bù)", "off (day off) or work (make-up day)"
    TEXT = "text", "một đoạn chữ", "a text"
    LIST = "list", "một danh sách, mỗi mục bắt đầu bằng dấu “-”", 'a list whose items begin with "-"'
    MAPPING = "mapping", "các mục dạng “tên: giá trị”", 'entries of the form "name: value"'


class WorktimeFileInvalid(Invalid):
    """A calendar or office-hours file cannot be used; `file` and `line` say where."""

    remedy_vi = "Sửa tệp {file} tại dòng {line} rồi nạp lại."
    remedy_en = "Correct {file} at line {line} and load it again."


class FileUnreadable(WorktimeFileInvalid):
    """The file is missing, is not UTF-8 or is not YAML."""

    vi = "Tệp {file}, dòng {line}: không đọc được ({problem})."
    en = "{file}, line {line}: cannot be read ({problem})."


class KeyMissing(WorktimeFileInvalid):
    """An entry lacks something it must say."""

    vi = "Tệp {file}, dòng {line}: thiếu mục “{key}”."
    en = '{file}, line {line}: the entry "{key}" is missing.'
    remedy_vi = "Thêm “{key}: …” vào tệp {file} ngay tại dòng {line}."
    remedy_en = 'Add "{key}: …" to {file} at line {line}.'


class KeyUnknown(WorktimeFileInvalid):
    """An entry says something nobody reads, usually a misspelling."""

    vi = "Tệp {file}, dòng {line}: không có mục nào tên “{key}”."
    en = '{file}, line {line}: there is no entry called "{key}".'
    remedy_vi = "Chỉ dùng các mục: {known}."
    remedy_en = "Use only: {known}."


class KeyRepeated(WorktimeFileInvalid):
    """The same key stands twice in one entry, so one of the two values would be lost."""

    vi = "Tệp {file}, dòng {line}: mục “{key}” xuất hiện hai lần."
    en = '{file}, line {line}: "{key}" stands here twice.'
    remedy_vi = "Giữ lại một dòng “{key}” duy nhất."
    remedy_en = 'Keep one "{key}" only.'


class ValueWrong(WorktimeFileInvalid):
    """A value is not of the form that is needed here."""

    vi = "Tệp {file}, dòng {line}: “{key}” là “{value}”, trong khi cần {expected}."
    en = '{file}, line {line}: "{key}" is "{value}" where {expected} is needed.'


class SessionsUnordered(WorktimeFileInvalid):
    """Sessions of one day end before they begin, overlap, or are not in the order of the day."""

    vi = "Tệp {file}, dòng {line}: các buổi làm việc của “{key}” chồng lên nhau hoặc không theo thứ tự trong ngày."
    en = '{file}, line {line}: the sessions of "{key}" overlap or are not in the order of the day.'
    remedy_vi = "Viết các buổi theo thứ tự, ví dụ [7:30-11:30, 13:00-17:00]."
    remedy_en = "Write them in order, for example [7:30-11:30, 13:00-17:00]."


class PeriodsOverlap(WorktimeFileInvalid):
    """Two periods of office hours of one unit are in force on the same date."""

    vi = "Tệp {file}, dòng {line}: hai khoảng giờ làm việc của “{unit}” cùng có hiệu lực ngày {date}."
    en = '{file}, line {line}: two sets of office hours of "{unit}" are both in force on {date}.'
    remedy_vi = "Đặt valid_to của khoảng trước là ngày liền trước valid_from của khoảng sau."
    remedy_en = "End the earlier period (valid_to) on the day before the later one begins (valid_from)."


class DayWithoutHours(WorktimeFileInvalid):
    """The default hours leave out a day of the calendar, so that no due date could be counted."""

    vi = "Tệp {file}, dòng {line}: lịch làm việc có ngày {date} nhưng không có giờ làm việc chung cho ngày này."
    en = "{file}, line {line}: no default hours are in force on {date}, which is a day of the working calendar."
    remedy_vi = "Thêm khoảng giờ làm việc bao gồm ngày {date}; khoảng cuối để trống valid_to."
    remedy_en = "Add a period that includes {date}; leave valid_to of the last one empty."


class DayRepeated(WorktimeFileInvalid):
    """One date is listed twice for the same unit."""

    vi = "Tệp {file}, dòng {line}: ngày {date} được khai hai lần."
    en = "{file}, line {line}: {date} is listed twice."
    remedy_vi = "Giữ lại một mục cho ngày {date}."
    remedy_en = "Keep one entry for {date}."


class DayOutsideYear(WorktimeFileInvalid):
    """A date does not lie in the year of its file."""

    vi = "Tệp {file}, dòng {line}: ngày {date} không thuộc năm {year}."
    en = "{file}, line {line}: {date} is not in {year}."
    remedy_vi = "Chuyển ngày {date} sang tệp của năm tương ứng."
    remedy_en = "Move {date} to the file of its own year."


class YearMisnamed(WorktimeFileInvalid):
    """The file's name and the year written in it differ."""

    vi = "Tệp {file}, dòng {line}: tên tệp và năm {year} ghi trong tệp không khớp."
    en = "{file}, line {line}: the file's name and the year {year} written in it differ."
    remedy_vi = "Đổi tên tệp thành {year}.yaml hoặc sửa mục year."
    remedy_en = "Rename the file to {year}.yaml or correct the entry year."


class CalendarYearMissing(Invalid):
    """A calculation needs a year that no calendar covers."""

    vi = "Chưa có lịch làm việc năm {year}."
    en = "There is no working calendar for {year}."
    remedy_vi = "Thêm tệp {year}.yaml vào thư mục lịch (processes/calendar) và để các năm liền nhau."
    remedy_en = "Add {year}.yaml to the calendar folder (processes/calendar), leaving no year out in between."


class OfficeHoursMissing(Invalid):
    """No office hours are in force on a date that the calendar covers."""

    vi = "Không có giờ làm việc nào của “{unit}” có hiệu lực vào ngày {date}."
    en = 'No office hours of "{unit}" are in force on {date}.'
    remedy_vi = "Bổ sung khoảng giờ làm việc bao gồm ngày {date} trong office_hours.yaml."
    remedy_en = "Add a period that includes {date} to office_hours.yaml."


class LimitInvalid(Invalid):
    """A time limit whose amount does not fit its unit."""

    vi = "Thời hạn “{amount}” không hợp lệ với đơn vị “{unit}”."
    en = 'A limit of "{amount}" does not fit the unit "{unit}".'
    remedy_vi = (
        "Nhập số lớn hơn 0 (số ngày theo lịch phải là số nguyên); “trong ngày” và “không quy định” không kèm số."
    )
    remedy_en = "Give a number above 0 (calendar days: a whole one); same-day and unlimited take no number."


class LimitUnitUnknown(Invalid):
    """A time limit in a unit that does not exist."""

    vi = "Không có đơn vị thời hạn “{unit}”."
    en = 'There is no unit of time limits called "{unit}".'
    remedy_vi = "Dùng một trong các đơn vị: {known}."
    remedy_en = "Use one of: {known}."


class SuspensionReversed(Invalid):
    """A suspension that would end before it began."""

    vi = "Thời điểm tiếp tục giải quyết sớm hơn thời điểm tạm dừng."
    en = "The clock would resume before it was stopped."
    remedy_vi = "Kiểm tra lại thời điểm tạm dừng và thời điểm nhận giấy tờ bổ sung."
    remedy_en = "Check when the clock was stopped and when the papers arrived."
