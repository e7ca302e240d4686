"""Scripts and expressions of other engines, where they can mean only one thing.

What a script writes to a console changes nothing and is left out. `execution.setVariable("n", 1)` is `n = 1`, and
`execution.getVariable("n")` is `n`. Everything else is left as it stands, so that the small language reads or refuses
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.workflow.expressions import ExpressionRefused

_QUOTED = r"""(?:"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')"""
_DONE = re.compile(r"next\(\s*\)")
"""How a script of bpmn-engine tells that it is done."""
_OUTPUT = re.compile(r"(?:print|println|console\.(?:log|info|warn|error)|System\.out\.println?)\s*\((?P<said>.*)\)")
_SAID = re.compile(rf"(?:{_QUOTED}|\+(?!\+)|-(?!-)|[\w\s.,%\[\]])*")
"""Texts, names and what joins them: nothing that is called or set while it is written out."""
_CALLS_IN_TEXT = re.compile(r"\bf(?:\"[^\"]*\(|'[^']*\()")
"""Python's f"{done()}"."""
_SETS = re.compile(
    r"(?:kcontext|execution)\.setVariable\(\s*(?P<quote>[\"'])(?P<name>\w+)(?P=quote)\s*,(?P<value>.*)\)"
)
_APPENDS = re.compile(r"(?P<name>[^\W\d]\w*)\.(?:append|push)\((?P<value>.*)\)")
"""How Python and JavaScript add an item to a list."""
_STATEMENT = re.compile(rf"(?:{_QUOTED}|[^;\n\"'])+|[\"']")
_COMMENT = re.compile(rf"^(?P<code>(?:{_QUOTED}|[^\"'#])*)(?<=\s)#.*$")
_RETURNS = re.compile(r"return\b(?P<value>[^;]*);?")
JAVA = ("http://www.java.com/java", "http://www.mvel.org/2.0")
"""How jBPM names its languages. A plain `n = 1` sets nothing in its processes; `/` leaves no fraction."""
_WORD = re.compile(r"\w+")
_CALLS_BACK = re.compile(r"next\(\s*null\s*,(?P<value>.*)\)\s*;?", re.DOTALL)
"""How a condition of bpmn-engine tells its result."""
_NAME_IN_QUOTES = r"\(\s*(?P<quote>[\"'])(?P<name>[^\W\d]\w*)(?P=quote)\s*\)"
_SPELLINGS = tuple(
    (re.compile(rf"(?P<quoted>{_QUOTED})|{pattern}"), ours)
    for pattern, ours in (
        (rf"\b(?:kcontext|execution)\.getVariable{_NAME_IN_QUOTES}", r"\g<name>"),
        (rf"(?:\b(?:\w+:)?getDataObject|\$){_NAME_IN_QUOTES}", r"\g<name>"),
        (r"\b(?:this\.)?environment\.variables\.(?=[^\W\d])", ""),
        (r"\$(?=[^\W\d])", ""),
        (rf"(?<=\w)\.get{_NAME_IN_QUOTES}", r'["\g<name>"]'),
        (r"\.includes\(", ".contains("),
        (r"\bis\s+not\s+(?:None|null)\b", "!= null"),
        (r"\bis\s+(?:None|null)\b", "== null"),
        (r"\bis defined\(", "defined("),
        (r"\blist contains\(", "contains("),
        (r"\bstring length\(", "len("),
        (r"\b(?P<case>upper|lower) case\(", r"\g<case>("),
        (r"\b(?P<end>starts|ends) with\(", r"\g<end>_with("),
        (r"(?<=^=)\s*count\(", "len("),
    )
)
"""What other languages write outside of texts in quotation marks, and how it is written here."""


def in_our_words(script: str, language: str = "") -> str:
    """The script in the small language as far as it can be said there.

    Raises ExpressionRefused where Java would mean something else by the same words.
    """
    lines = [_line(statement, is_java=language in JAVA) for statement in _statements(script)]
    return "\n".join(line for line in lines if line)


def expression_in_our_words(text: str) -> str:
    """The expression as it is spelled here, as far as it can be said here."""
    match = _CALLS_BACK.fullmatch(text.strip())
    said = match["value"].strip() if match is not None else text
    for pattern, ours in _SPELLINGS:
        said = pattern.sub(lambda found, ours=ours: found["quoted"] or found.expand(ours), said)
    return said


def condition_in_our_words(condition: str) -> str:
    """Java's `return n > 1;` is the condition `n > 1`."""
    match = _RETURNS.fullmatch(condition.strip())
    return expression_in_our_words(match["value"].strip() if match is not None else condition)


def _statements(script: str) -> Iterator[str]:
    for line in script.splitlines():
        text = _COMMENT.sub(r"\g<code>", line).strip()
        if not text.startswith(("//", "#")):
            yield from (each for match in _STATEMENT.finditer(text) if (each := match[0].strip()))


def _line(statement: str, *, is_java: bool) -> str:
    if _DONE.fullmatch(statement):
        return ""
    output, sets = _OUTPUT.fullmatch(statement), _SETS.fullmatch(statement)
    if output is not None and _SAID.fullmatch(output["said"]) and not _CALLS_IN_TEXT.search(output["said"]):
        return ""
    if sets is not None and not (is_java and "/" in sets["value"]):
        return f"{sets['name']} = {expression_in_our_words(sets['value'].strip())}"
    appends = _APPENDS.fullmatch(statement)
    if appends is not None and not is_java:
        return f"{appends['name']} = append({appends['name']}, {expression_in_our_words(appends['value'])})"
    if is_java and not _WORD.fullmatch(statement):
        raise ExpressionRefused(
            f"không đọc được câu lệnh Java: {statement[:60]}", f"this statement of Java is not read: {statement[:60]}"
        )
    return expression_in_our_words(statement)
