"""YAML read as plain text with line numbers, so that every complaint can name the place."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import yaml

from engine.worktime.refusals import Expected, FileUnreadable, KeyMissing, KeyRepeated, KeyUnknown, ValueWrong

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Located(dict[str, object]):
    """A mapping that remembers the line (from 1) on which it and each of its keys stand."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.first_line = line
        self.lines: dict[str, int] = {}


def load(file: Path) -> Located:
    """The mapping written in `file`, every scalar as text; raises FileUnreadable, KeyRepeated, ValueWrong."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        data = None if node is None else _plain(node, str(file))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileUnreadable(file=str(file), line=line, problem=error.problem) from error
    except (yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError) as error:
        raise FileUnreadable(file=str(file), line=1, problem=str(error) or type(error).__name__) from error
    if not isinstance(data, Located):
        raise ValueWrong(file=str(file), line=1, key=file.name, value=data, expected=Expected.MAPPING)
    return data


def _plain(node: yaml.Node, file: str) -> object:
    """A node as Located, list or text; an empty scalar is None. YAML's own guesses at types are not wanted here."""
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, file)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file) for item in node.value]
    scalar = cast(yaml.ScalarNode, node)
    return None if scalar.tag == "tag:yaml.org,2002:null" else str(scalar.value)


def _plain_mapping(node: yaml.MappingNode, file: str) -> Located:
    mapping = Located(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in mapping:
            raise KeyRepeated(file=file, line=line, key=key)
        mapping[key] = _plain(value_node, file)
        mapping.lines[key] = line
    return mapping


class Entry:
    """One mapping of a file, whose values are asked for by key and kind; wrong ones raise with file and line."""

    def __init__(self, data: Mapping[str, object], file: str) -> None:
        self._data = data
        self.file = file or "-"

    def names(self) -> list[str]:
        """The keys that are there, in the order of the file."""
        return list(self._data)

    def says(self, key: str) -> bool:
        """Whether `key` is there with a value."""
        return self._data.get(key) is not None

    def line(self, key: str) -> int | str:
        """The line of `key`, or of the entry itself, or "-" for data that came from no file."""
        return self._data.lines.get(key, self._data.first_line) if isinstance(self._data, Located) else "-"

    def wrong(self, key: str, expected: Expected) -> ValueWrong:
        """The complaint that the value of `key` is not what is expected."""
        return ValueWrong(file=self.file, line=self.line(key), key=key, value=self._data.get(key), expected=expected)

    def only(self, *known: str) -> None:
        """Raise KeyUnknown for the first key that is not among `known`."""
        for key in self._data:
            if key not in known:
                raise KeyUnknown(file=self.file, line=self.line(key), key=key, known=", ".join(known))

    def value(self, key: str) -> object:
        """The value of `key`; raises KeyMissing."""
        if not self.says(key):
            raise KeyMissing(file=self.file, line=self.line(key), key=key)
        return self._data[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A text, or `default` where nothing is said."""
        if default is not None and not self.says(key):
            return default
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, Expected.TEXT)
        return value.strip()

    def date(self, key: str) -> datetime.date:
        """A date, written as 2026-01-31."""
        value = self.value(key)
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(str(value))
        except ValueError:
            raise self.wrong(key, Expected.DATE) from None

    def year(self, key: str) -> int:
        """A year of four digits."""
        value = str(self.value(key))
        if not re.fullmatch(r"[12]\d{3}", value):
            raise self.wrong(key, Expected.YEAR)
        return int(value)

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """True or false, or `default` where nothing is said."""
        if default is not None and not self.says(key):
            return default
        value = str(self.value(key)).lower()
        if value not in ("true", "false"):
            raise self.wrong(key, Expected.BOOLEAN)
        return value == "true"

    def time(self, key: str) -> datetime.time:
        """A time of day, written as 15:00."""
        return self._clock(key, str(self.value(key)), Expected.TIME)

    def spans(self, key: str) -> Iterator[tuple[datetime.time, datetime.time]]:
        """A list of sessions, each written as 7:30-11:30; the list may be empty."""
        for item in self._items(key):
            opens, _, closes = str(item).partition("-")
            yield self._clock(key, opens, Expected.SESSION), self._clock(key, closes, Expected.SESSION)

    def entries(self, key: str) -> list[Entry]:
        """A list of mappings."""
        items = self._items(key)
        if not all(isinstance(item, Mapping) for item in items):
            raise self.wrong(key, Expected.MAPPING)
        return [Entry(cast(Mapping[str, object], item), self.file) for item in items]

    def mapping(self, key: str, required: bool = False) -> Entry:
        """A mapping inside this one; an empty one where nothing is said and nothing is required."""
        if not required and not self.says(key):
            return Entry({}, self.file)
        value = self.value(key)
        if not isinstance(value, Mapping):
            raise self.wrong(key, Expected.MAPPING)
        return Entry(value, self.file)

    def _items(self, key: str) -> list[object]:
        value = self.value(key)
        if not isinstance(value, list):
            raise self.wrong(key, Expected.LIST)
        return value

    def _clock(self, key: str, text: str, expected: Expected) -> datetime.time:
        found = CLOCK.fullmatch(text.strip())
        if not found:
            raise self.wrong(key, expected)
        return datetime.time(int(found[1]), int(found[2]))
