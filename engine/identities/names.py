"""Vietnamese names: one stored form, one folded form to search by, the given name, and the order of a list."""

from __future__ import annotations

import re
import unicodedata

from engine.identities.refusals import NameEmpty

# đ is a letter of its own and has no decomposition; ð (Icelandic) is often typed in its place.
FOLDED_D = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# The order of dictionaries: level, huyền, hỏi, ngã, sắc, nặng.
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# Sort keys are ASCII: tones 0-5 below digits A-J below letters from K on, so a shorter syllable comes first.
DIGIT_CODES = {str(digit): chr(ord("A") + digit) for digit in range(10)}
LETTER_CODES = {letter: chr(ord("K") + rank) for rank, letter in enumerate(ALPHABET)}

WORD = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
LONGEST_WORD = 40


def normalise_name(text: str) -> str:
    """A name as it is stored: NFC, single spaces, no invisible characters, case kept; raises NameEmpty."""
    name = tidy(text)
    if not any(character.isalpha() for character in name):
        raise NameEmpty()
    return name


def tidy(text: str) -> str:
    """Any text in NFC with single spaces and without invisible or control characters."""
    visible = "".join(" " if character.isspace() else character for character in text if _is_visible(character))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def fold(text: str) -> str:
    """The form in which texts are searched: no marks, đ as d, lower case, single spaces ("nguyen thi dao")."""
    letters = unicodedata.normalize("NFKD", tidy(text).translate(FOLDED_D).casefold())
    bare = "".join(character for character in letters if not unicodedata.combining(character))
    return " ".join(bare.casefold().translate(FOLDED_D).split())


def words_of(folded: str) -> list[str]:
    """The words of a folded text by which names are found, none longer than LONGEST_WORD; they end at anything in
    ASCII that is neither a letter nor a digit. The database splits names alike (`word_beginnings`)."""
    return [word[:LONGEST_WORD] for word in WORD.findall(folded)]


def given_name(name: str) -> str:
    """The name by which a person is addressed: the last word."""
    return tidy(name).rpartition(" ")[2]


def sort_key(name: str) -> str:
    """An ASCII key that orders people by given name, then by the whole name, in the Vietnamese alphabet.

    Letters count before tones within a syllable. Compare byte by byte (COLLATE "C" in the database).
    """
    words = [_syllable_key(word) for word in tidy(name).casefold().split()]
    return " ".join((*words[-1:], *words[:-1]))


def collation_key(text: str) -> str:
    """An ASCII key that orders titles and places, word after word, in the Vietnamese alphabet."""
    return " ".join(_syllable_key(word) for word in tidy(text).casefold().split())


def _is_visible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cf")


def _syllable_key(word: str) -> str:
    """The codes of a word's letters followed by its tone."""
    tone, letters = "0", []
    for character in unicodedata.normalize("NFD", word):
        if character in TONES:
            tone = TONES[character]
        else:
            letters.append(character)
    plain = unicodedata.normalize("NFC", "".join(letters))
    return "".join(_code(character) for character in plain) + tone


def _code(character: str) -> str:
    """One letter or digit as a sortable ASCII character; foreign letters by their base letter, signs left out."""
    bare = fold(character)[:1] if character not in LETTER_CODES else character
    return LETTER_CODES.get(bare) or DIGIT_CODES.get(bare) or ""
