"""Scripts of other engines, where they can mean only one thing: what they write out and how they set a variable.

What a script writes to a console changes nothing and is left out. `execution.setVariable("n", 1)` is `n = 1`.
Everything else is left as it stands, so that the small language reads or refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.workflow.expressions import ExpressionRefused

_QUOTED = r"""(?:"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"""
_OUTPUT = re.compile(r"(?:print|println|console\.(?:log|info|warn|error)|System\.out\.println?)\s*\((?P<said>.*)\)")
_SAID = re.compile(rf"(?:{_QUOTED}|\+(?!\+)|-(?!-)|[\w\s.,%\[\]])*")
"""Texts, names and what joins them: nothing that is called or set while it is written out."""
_CALLS_IN_TEXT = re.compile(r"\bf(?:\"[^\"]*\(|'[^']*\()")
"""Python's f"{done()}"."""
_SETS = re.compile(
    r"(?:kcontext|execution)\.setVariable\(\s*(?P<quote>[\"'])(?P<name>\w+)(?P=quote)\s*,(?P<value>.*)\)"
)
_STATEMENT = re.compile(rf"(?:{_QUOTED}|[^;\n\"'])+|[\"']")
_RETURNS = re.compile(r"return\b(?P<value>[^;]*);?")
JAVA = ("http://www.java.com/java", "http://www.mvel.org/2.0")
"""How jBPM names its languages. A plain `n = 1` sets nothing in its processes; `/` leaves no fraction."""
_WORD = re.compile(r"\w+")


def in_our_words(script: str, language: str = "") -> str:
    """The script in the small language as far as it can be said there.

    Raises ExpressionRefused where Java would mean something else by the same words.
    """
    lines = [_line(statement, is_java=language in JAVA) for statement in _statements(script)]
    return "\n".join(line for line in lines if line)


def condition_in_our_words(condition: str) -> str:
    """Java's `return n > 1;` is the condition `n > 1`."""
    match = _RETURNS.fullmatch(condition.strip())
    return match["value"].strip() if match is not None else condition


def _statements(script: str) -> Iterator[str]:
    for line in script.splitlines():
        text = line.strip()
        if not text.startswith(("//", "#")):
            yield from (each for match in _STATEMENT.finditer(text) if (each := match[0].strip()))


def _line(statement: str, *, is_java: bool) -> str:
    output, sets = _OUTPUT.fullmatch(statement), _SETS.fullmatch(statement)
    if output is not None and _SAID.fullmatch(output["said"]) and not _CALLS_IN_TEXT.search(output["said"]):
        return ""
    if sets is not None and not (is_java and "/" in sets["value"]):
        return f"{sets['name']} = {sets['value'].strip()}"
    if is_java and not _WORD.fullmatch(statement):
        raise ExpressionRefused(
            f"không đọc được câu lệnh Java: {statement[:60]}", f"this statement of Java is not read: {statement[:60]}"
        )
    return statement
