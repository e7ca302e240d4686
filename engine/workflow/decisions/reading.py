"""Read decision tables from DMN files, noting everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from lxml import etree

from engine.workflow.decisions.model import Aggregation, Decision, HitPolicy, Input, Output, Rule
from engine.workflow.decisions.unary_tests import UnaryTests, parse_unary_tests
from engine.workflow.expressions import Expression, ExpressionRefused, parse_expression, wrong_calls
from engine.workflow.reading.findings import Findings
from engine.workflow.reading.xml import local, text_of

_Read = TypeVar("_Read", Expression, UnaryTests)
_LANGUAGES = (
    "",
    "feel",
    "juel",
    "https://www.omg.org/spec/dmn/20191111/feel/",
    "http://www.omg.org/spec/feel/20140401",
)


def read_decisions(
    file: str, root: etree._Element, findings: Findings, functions: Collection[str] | None
) -> dict[str, Decision]:
    """The decisions of one file by id. `functions` are the names that expressions may call beside the built-in ones."""
    reader = _Reader(file, findings, functions)
    decisions: dict[str, Decision] = {}
    for node in root:
        if local(node) != "decision":
            continue
        decision = reader.decision(node)
        if decision is None:
            continue
        if decision.id in decisions:
            findings.add(
                "duplicate-id", file, node, f"Mã “{decision.id}” bị trùng.", f"The id “{decision.id}” is used twice."
            )
        decisions[decision.id] = decision
    return decisions


def _named(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node if local(child) == name)


def _first(node: etree._Element, name: str) -> etree._Element | None:
    return next(_named(node, name), None)


def _cell_text(node: etree._Element, name: str) -> str:
    cell = _first(node, name)
    return text_of(_first(cell, "text")) if cell is not None else ""


class _Reader:
    """Reads one file."""

    def __init__(self, file: str, findings: Findings, functions: Collection[str] | None) -> None:
        self._file = file
        self._findings = findings
        self._functions = functions

    def decision(self, node: etree._Element) -> Decision | None:
        """One decision, or nothing when it has no logic that can be read."""
        table, literal = _first(node, "decisionTable"), _first(node, "literalExpression")
        if table is None and literal is None:
            self._add("decision-without-logic", node, "Quyết định không có bảng.", "The decision has no table.")
            return None
        if table is not None:
            return self._table(node, table)
        assert literal is not None
        expression = self._parse(literal, text_of(_first(literal, "text")), parse_expression)
        return self._assembled(node, literal=expression)

    def _table(self, node: etree._Element, table: etree._Element) -> Decision:
        inputs = tuple(self._input(each) for each in _named(table, "input"))
        outputs = tuple(self._output(each, node) for each in _named(table, "output"))
        rules = tuple(
            self._rule(number, each, inputs, len(outputs)) for number, each in enumerate(_named(table, "rule"), 1)
        )
        policy, aggregation = self._policy(table), self._aggregation(table)
        if not outputs:
            self._add("decision-without-output", table, "Bảng không có cột kết quả.", "The table has no output column.")
        if len({output.name for output in outputs}) < len(outputs):
            self._add("decision-output-names", table, "Các cột kết quả phải có tên khác nhau.", "Outputs need names.")
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and all(output.order is None for output in outputs):
            self._add(
                "decision-priority-without-values",
                table,
                "Cần liệt kê các giá trị kết quả theo thứ tự ưu tiên.",
                "The hit policy needs the output values listed in their order of importance.",
            )
        return self._assembled(node, policy, aggregation, inputs, outputs, rules)

    def _assembled(
        self,
        node: etree._Element,
        policy: HitPolicy = HitPolicy.UNIQUE,
        aggregation: Aggregation | None = None,
        inputs: tuple[Input, ...] = (),
        outputs: tuple[Output, ...] = (),
        rules: tuple[Rule, ...] = (),
        literal: Expression | None = None,
    ) -> Decision:
        decision_id = node.get("id") or ""
        variable = _first(node, "variable")
        name = (variable.get("name") if variable is not None else None) or decision_id
        required = tuple(
            (reference.get("href") or "").rpartition("#")[2]
            for requirement in _named(node, "informationRequirement")
            for reference in _named(requirement, "requiredDecision")
        )
        title = node.get("name") or decision_id
        return Decision(
            decision_id, title, self._file, policy, aggregation, inputs, outputs, rules, literal, name, required
        )

    def _policy(self, table: etree._Element) -> HitPolicy:
        text = (table.get("hitPolicy") or "UNIQUE").strip().upper()
        try:
            return HitPolicy(text)
        except ValueError:
            self._add("decision-hit-policy", table, f"Không có quy tắc “{text}”.", f"There is no hit policy “{text}”.")
            return HitPolicy.UNIQUE

    def _aggregation(self, table: etree._Element) -> Aggregation | None:
        text = (table.get("aggregation") or "").strip().upper()
        if not text or (table.get("hitPolicy") or "").upper() != "COLLECT":
            return None
        try:
            return Aggregation(text)
        except ValueError:
            self._add(
                "decision-hit-policy", table, f"Không có phép gộp “{text}”.", f"There is no aggregation “{text}”."
            )
            return None

    def _input(self, node: etree._Element) -> Input:
        expression = _first(node, "inputExpression")
        text = text_of(_first(expression, "text")) if expression is not None else ""
        is_truth = expression is not None and (expression.get("typeRef") or "").rpartition(":")[2] == "boolean"
        self._check_language(expression if expression is not None else node)
        label = node.get("label") or text
        return Input(label, self._parse(node, text, parse_expression), is_truth)

    def _output(self, node: etree._Element, decision: etree._Element) -> Output:
        name = node.get("name") or (decision.get("id") or "result")
        listed = _first(node, "outputValues")
        values = text_of(_first(listed, "text")) if listed is not None else ""
        order = self._parse(node, f"[{values}]", parse_expression) if values else None
        default = _first(node, "defaultOutputEntry")
        default_text = text_of(_first(default, "text")) if default is not None else ""
        return Output(name, order, self._parse(node, default_text, parse_expression) if default_text else None)

    def _rule(self, number: int, node: etree._Element, inputs: Sequence[Input], outputs: int) -> Rule:
        tests = [text_of(_first(each, "text")) for each in _named(node, "inputEntry")]
        cells = [text_of(_first(each, "text")) for each in _named(node, "outputEntry")]
        if len(tests) != len(inputs) or len(cells) != outputs:
            self._add("decision-rule-shape", node, f"Dòng {number} thiếu hoặc thừa ô.", f"Rule {number} misses cells.")
            tests, cells = (tests + [""] * len(inputs))[: len(inputs)], (cells + [""] * outputs)[:outputs]
        return Rule(
            number,
            tuple(self._test(node, text, column) for text, column in zip(tests, inputs, strict=True)),
            tuple(self._parse(node, text, parse_expression) if text not in ("", "-") else None for text in cells),
        )

    def _test(self, node: etree._Element, text: str, column: Input) -> UnaryTests:
        tests = self._parse(node, text, parse_unary_tests)
        if column.is_truth and tests.has_condition and self._functions is not None:
            self._add(
                "decision-condition",
                node,
                f"Ô “{text}” ở cột đúng/sai “{column.label}” có thể là điều kiện, cũng có thể là giá trị; "
                f"hãy viết “? = (…)” hoặc dùng dấu ? trong điều kiện.",
                f"Cell “{text}” in the true-or-false column “{column.label}” may be a condition or a value; "
                f"write “? = (…)”, or use ? in the condition.",
            )
        return tests

    def _parse(self, node: etree._Element, text: str, parse: Callable[[str], _Read]) -> _Read:
        try:
            read = parse(text)
        except ExpressionRefused as refused:
            self._add(
                "decision-syntax", node, f"Ô “{text}”: {refused.reason.vi}.", f"Cell “{text}”: {refused.reason.en}."
            )
            return parse("null")
        if self._functions is not None:
            for rule, reason in wrong_calls(read, self._functions):
                self._add(rule, node, reason.vi, reason.en)
        return read

    def _check_language(self, node: etree._Element) -> None:
        language = (node.get("expressionLanguage") or "").lower()
        if language not in _LANGUAGES:
            self._add("decision-language", node, f"Không hỗ trợ “{language}”.", f"“{language}” is not supported.")

    def _add(self, rule: str, node: etree._Element, vi: str, en: str) -> None:
        self._findings.add(rule, self._file, node, vi, en)
