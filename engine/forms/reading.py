"""Reads form-js JSON (`schemaVersion` up to 19) into a Form and says everything that is wrong with a broken file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

import orjson

from engine.forms.conditions import Condition, ConditionUnreadable, read_condition
from engine.forms.refusals import Bilingual, FormUnreadable, Problem
from engine.forms.schema import Choice, Field, FieldKind, Form, Part, Repeat

NEWEST_SCHEMA = 19
LARGEST_FILE = 1_000_000
DEEPEST_GROUPS = 20

_CONTAINERS = {"group", "dynamiclist"}
_SILENT = {"text", "html", "image", "separator", "spacer", "button", "iframe", "table", "documentPreview", "default"}
_KEY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_NESTED_QUANTIFIER = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\})")
_ZONES = {"utc_offset", "utc_normalized", "no_timezone"}


def read_form(content: bytes) -> Form:
    """Read one form-js file; raises FormUnreadable with every problem found, each with line, field and remedy."""
    document = _json(content)
    reader = _Reader(content.decode("utf-8"))
    form = reader.form(document)
    if reader.problems:
        raise FormUnreadable(reader.problems)
    return form


def line_of(text: str, attribute: str, value: str) -> int | None:
    """The line of a form's file on which `attribute` is first this `value`."""
    found = re.search(rf'"{attribute}"\s*:\s*{re.escape(orjson.dumps(value).decode())}', text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _json(content: bytes) -> Mapping[str, Any]:
    if len(content) > LARGEST_FILE:
        _refuse("Tệp lớn hơn 1 MB.", "The file is larger than 1 MB.")
    try:
        document: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        _refuse(
            f"Không phải JSON hợp lệ (cột {error.colno}).",
            f"This is not valid JSON (column {error.colno}).",
            "Hãy mở lại tệp bằng trình soạn biểu mẫu và lưu lại.",
            "Open the file in the form editor again and save it.",
            line=error.lineno,
        )
    if not isinstance(document, Mapping) or document.get("type") != "default":
        _refuse(
            'Đây không phải là biểu mẫu form-js (thiếu "type": "default").',
            'This is not a form-js form ("type": "default" is missing).',
            "Hãy tạo biểu mẫu bằng Camunda Modeler hoặc trình soạn biểu mẫu.",
            "Create the form with Camunda Modeler or the form editor.",
        )
    return document


def _refuse(vi: str, en: str, remedy_vi: str = "", remedy_en: str = "", line: int | None = None) -> NoReturn:
    raise FormUnreadable([Problem(line, "", Bilingual(vi, en), Bilingual(remedy_vi, remedy_en))])


class _Reader:
    """Walks the components, collecting fields and problems."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []

    def form(self, document: Mapping[str, Any]) -> Form:
        version = document.get("schemaVersion", 1)
        if not isinstance(version, int) or version > NEWEST_SCHEMA:
            self.problem(
                {},
                f"schemaVersion {version} mới hơn {NEWEST_SCHEMA}.",
                f"schemaVersion {version} is newer than {NEWEST_SCHEMA}.",
                "Hãy lưu lại bằng form-js 1.x.",
                "Save it again with form-js 1.x.",
            )
        name = document.get("id")
        if not isinstance(name, str) or not name:
            self.problem(
                {},
                "Biểu mẫu chưa có id.",
                "The form has no id.",
                "Đặt id trùng với tên tệp.",
                "Give it an id equal to the file's name.",
            )
        parts = self.parts(document, (), (), 0)
        self.report_twins(parts)
        return Form(str(name), parts, document)

    def problem(self, component: Mapping[str, Any], vi: str, en: str, remedy_vi: str = "", remedy_en: str = "") -> None:
        name = str(component.get("key") or component.get("path") or component.get("id") or "")
        self.problems.append(Problem(self.line_of(component), name, Bilingual(vi, en), Bilingual(remedy_vi, remedy_en)))

    def line_of(self, component: Mapping[str, Any]) -> int | None:
        """The line on which the component's key, path or id stands; form-js writes each on its own line."""
        for attribute in ("key", "path", "id"):
            value = component.get(attribute)
            if isinstance(value, str) and value:
                line = line_of(self.text, attribute, value)
                if line is not None:
                    return line
        return None

    def parts(
        self, container: Mapping[str, Any], prefix: tuple[str, ...], hidden_when: tuple[Condition, ...], depth: int
    ) -> tuple[Part, ...]:
        components = container.get("components", [])
        if not isinstance(components, list) or depth > DEEPEST_GROUPS:
            self.problem(
                container,
                "Danh sách thành phần bị hỏng hoặc lồng nhau quá sâu.",
                "The list of components is broken or nested too deeply.",
            )
            return ()
        return tuple(part for component in components for part in self.part(component, prefix, hidden_when, depth))

    def report_twins(self, found: Sequence[Part]) -> None:
        paths = {part.path for part in found}
        for inner in sorted(path for path in paths if any(path[:end] in paths for end in range(1, len(path)))):
            self.problem(
                {"key": ".".join(inner)},
                "Một phần đầu của khoá này đã là khoá của một trường khác.",
                "The beginning of this key is already the key of another field.",
                "Đổi tên một trong hai trường.",
                "Rename one of the two fields.",
            )
        for key, count in Counter(part.key for part in found).items():
            if count > 1:
                self.problem(
                    {"key": key},
                    f"Khoá “{key}” được dùng {count} lần.",
                    f"The key “{key}” is used {count} times.",
                    "Đặt cho mỗi trường một khoá riêng.",
                    "Give each field a key of its own.",
                )

    def part(
        self, component: Any, prefix: tuple[str, ...], hidden_when: tuple[Condition, ...], depth: int
    ) -> Sequence[Part]:
        if not isinstance(component, Mapping):
            self.problem({}, "Một thành phần không phải là đối tượng JSON.", "A component is not a JSON object.")
            return ()
        kind = str(component.get("type"))
        if kind in _SILENT:
            return ()
        own = (*hidden_when, *self.condition(component))
        if kind in _CONTAINERS:
            return self.container(component, prefix, own, depth)
        if kind in [known.value for known in FieldKind]:
            return self.keyed(component, FieldKind(kind), prefix, own)
        self.problem(
            component,
            f"Loại thành phần “{kind}” không được hỗ trợ.",
            f"The component type “{kind}” is not supported.",
            "Hãy dùng ô chữ, ô số, lựa chọn, ngày giờ, nhóm hoặc danh sách lặp; giá trị tính toán đặt trong bảng DMN.",
            "Use text, number, choice, date, group or dynamic list; put computed values into a DMN table.",
        )
        return ()

    def container(
        self, component: Mapping[str, Any], prefix: tuple[str, ...], hidden_when: tuple[Condition, ...], depth: int
    ) -> Sequence[Part]:
        path = prefix + self.path_of(component, "path")
        if component["type"] == "group":
            return self.parts(component, path, hidden_when, depth + 1)
        if path == prefix:
            self.problem(
                component,
                "Danh sách lặp chưa có đường dẫn (path).",
                "The dynamic list has no path.",
                "Điền ô “Path”.",
                "Fill in “Path”.",
            )
        parts = self.parts(component, (), (), depth + 1)
        self.report_twins(parts)
        return [Repeat(path, self.label(component), parts, hidden_when)]

    def path_of(self, component: Mapping[str, Any], attribute: str) -> tuple[str, ...]:
        value = component.get(attribute, "")
        if attribute == "path" and value in ("", None):
            return ()
        if not isinstance(value, str) or not _KEY.fullmatch(value) or "typename" in value.split("."):
            self.problem(
                component,
                f"Khoá “{value}” không dùng được.",
                f"The key “{value}” cannot be used.",
                "Khoá gồm chữ cái, chữ số và gạch dưới, không bắt đầu bằng chữ số, khác “typename”.",
                "A key has letters, digits and underscores, does not begin with a digit and is not “typename”.",
            )
            return ("_",)
        return tuple(value.split("."))

    def condition(self, component: Mapping[str, Any]) -> tuple[Condition, ...]:
        conditional = component.get("conditional") or {}
        text = conditional.get("hide") if isinstance(conditional, Mapping) else conditional
        if not text:
            return ()
        try:
            return (read_condition(str(text)),)
        except ConditionUnreadable as error:
            self.problem(
                component,
                f"Điều kiện ẩn “{text}” có lỗi ở ký tự {error.position + 1}: {error.vi}.",
                f"The hide condition “{text}” is wrong at character {error.position + 1}: {error.en}.",
                'Viết theo mẫu: =case != "new" and pages > 0.',
                'Write it like: =case != "new" and pages > 0.',
            )
            return ()

    def label(self, component: Mapping[str, Any]) -> Bilingual:
        name = component.get("label") or component.get("dateLabel") or component.get("timeLabel")
        vi = str(name or component.get("key") or component.get("path") or "")
        return Bilingual(vi, str(_properties(component).get("label_en") or vi))

    def keyed(
        self, component: Mapping[str, Any], kind: FieldKind, prefix: tuple[str, ...], hidden_when: tuple[Condition, ...]
    ) -> Sequence[Part]:
        rules = _mapping(component.get("validate"))
        hint = Bilingual(
            str(rules.get("patternErrorMessage") or ""), str(_properties(component).get("pattern_en") or "")
        )
        found = Field(
            kind=kind,
            path=prefix + self.path_of(component, "key"),
            label=self.label(component),
            hidden_when=hidden_when,
            required=rules.get("required") is True,
            disabled=component.get("disabled") is True,
            minimum=self.number(component, rules, "min"),
            maximum=self.number(component, rules, "max"),
            decimals=self.whole(component, component, "decimalDigits"),
            step=self.number(component, component, "increment"),
            as_text=component.get("serializeToString") is True,
            min_length=self.whole(component, rules, "minLength"),
            max_length=self.whole(component, rules, "maxLength"),
            pattern=self.pattern(component, rules),
            pattern_hint=Bilingual(hint.vi, hint.en or hint.vi),
            choices=self.choices(component, kind),
            choices_from=self.choices_from(component, kind),
            date_part=self.date_part(component, kind),
            time_zone=self.time_zone(component),
            no_past=component.get("disallowPassedDates") is True,
            unit=self.unit(component),
        )
        return [found]

    def unit(self, component: Mapping[str, Any]) -> Bilingual:
        """What stands behind the number."""
        vi = str((component.get("appearance") or {}).get("suffixAdorner") or "")
        return Bilingual(vi, str(_properties(component).get("suffix_en") or vi))

    def number(self, component: Mapping[str, Any], source: Mapping[str, Any], name: str) -> int | float | None:
        value = source.get(name)
        if value in (None, ""):
            return None
        try:
            return value if isinstance(value, int) else float(Decimal(str(value)).normalize())
        except ArithmeticError:
            self.problem(
                component,
                f"“{name}” phải là một số, không phải “{value}”.",
                f"“{name}” must be a number, not “{value}”.",
                "Viết số cố định; giới hạn thay đổi theo hồ sơ đặt trong bảng DMN hoặc điều kiện.",
                "Write a fixed number; limits that vary belong into a DMN table or a condition.",
            )
            return None

    def whole(self, component: Mapping[str, Any], source: Mapping[str, Any], name: str) -> int | None:
        value = self.number(component, source, name)
        return None if value is None or not isfinite(value) else int(value)

    def pattern(self, component: Mapping[str, Any], rules: Mapping[str, Any]) -> re.Pattern[str] | None:
        text = rules.get("pattern") or _FORMATS.get(str(rules.get("validationType")))
        if not text:
            return None
        try:
            compiled = re.compile(str(text), re.ASCII)
        except re.error as error:
            self.problem(
                component,
                f"Mẫu “{text}” không phải biểu thức chính quy: {error}.",
                f"The pattern “{text}” is not a regular expression: {error}.",
            )
            return None
        if len(str(text)) > 500 or _NESTED_QUANTIFIER.search(str(text)):
            self.problem(
                component,
                f"Mẫu “{text}” lặp lồng nhau, có thể làm treo máy chủ.",
                f"The pattern “{text}” repeats a repetition and could hang the server.",
                "Bỏ dấu + hoặc * thừa, hoặc dùng {1,20}.",
                "Drop the outer + or *, or use {1,20}.",
            )
        return compiled

    def choices(self, component: Mapping[str, Any], kind: FieldKind) -> tuple[Choice, ...]:
        if kind not in _CHOOSING or _dynamic(component):
            return ()
        values = component.get("values")
        if not isinstance(values, list) or not values or not all(map(_is_choice, values)):
            self.problem(
                component,
                "Danh sách lựa chọn trống hoặc có giá trị không phải chữ, số.",
                "The list of choices is empty or has a value that is neither text nor number.",
                "Thêm ít nhất một lựa chọn có nhãn và giá trị.",
                "Add at least one choice with a label and a value.",
            )
            return ()
        english = _properties(component)
        return tuple(
            Choice(v["value"], Bilingual(str(v["label"]), str(english.get(f"value_en:{v['value']}") or v["label"])))
            for v in values
        )

    def choices_from(self, component: Mapping[str, Any], kind: FieldKind) -> str | None:
        source = _dynamic(component)
        if kind not in _CHOOSING or not source:
            return None
        name = str(source).strip().removeprefix("=").strip()
        if not _KEY.fullmatch(name):
            self.problem(
                component,
                f"Nguồn lựa chọn “{source}” không được hỗ trợ.",
                f"The choices' source “{source}” is not supported.",
                "Chỉ dùng tên một dữ liệu, ví dụ: officers.",
                "Use the name of one fact only, for example: officers.",
            )
        return name

    def date_part(self, component: Mapping[str, Any], kind: FieldKind) -> Any:
        part = component.get("subtype", "date")
        if kind is FieldKind.DATETIME and part not in ("date", "time", "datetime"):
            self.problem(component, f"Kiểu ngày giờ “{part}” không có.", f"There is no date subtype “{part}”.")
            return "date"
        return part

    def time_zone(self, component: Mapping[str, Any]) -> Any:
        zone = component.get("timeSerializingFormat", "utc_offset")
        return zone if zone in _ZONES else "utc_offset"


_CHOOSING = {FieldKind.SELECT, FieldKind.RADIO, FieldKind.CHECKLIST, FieldKind.TAGLIST}
_FORMATS = {
    "email": r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$",
    # The public numbering plan of Viet Nam and the international form; form-js itself knows only +84.
    "phone": r"^(\+[1-9]\d{6,14}|0\d{9,10})$",
}


def _dynamic(component: Mapping[str, Any]) -> Any:
    return component.get("valuesKey") or component.get("valuesExpression")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _properties(component: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(component.get("properties"))


def _is_choice(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("value"), str | int | float) and "label" in value
