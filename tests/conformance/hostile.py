"""Values, names and objects that break careless software."""

from __future__ import annotations

from typing import Any


class LoudText(str):
    """A str whose every spelling but its characters is an attack."""

    __slots__ = ()

    def __str__(self) -> str:
        return "'}) DETACH DELETE n //"

    def __repr__(self) -> str:
        return '"}) DETACH DELETE n //'

    def __format__(self, spec: str) -> str:
        return "'}) DETACH DELETE n //"


class LoudInt(int):
    """An int whose text is an attack."""

    def __str__(self) -> str:
        return "1}) DETACH DELETE n //"

    __repr__ = __str__


class LoudFloat(float):
    """A float whose text is an attack."""

    def __str__(self) -> str:
        return "1.0}) DETACH DELETE n //"

    __repr__ = __str__


class Liar:
    """No text at all, yet its text is Cypher."""

    def __str__(self) -> str:
        return "'}) DETACH DELETE n //"

    __repr__ = __str__

    def __html__(self) -> str:
        return str(self)


class Thrower:
    """Fails whenever it is printed."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class EqualToAll:
    """Claims to be equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


TEXTS = {
    "empty": "",
    "space": " ",
    "spaces around": "  a  ",
    "tab": "a\tb",
    "newline": "a\nb",
    "carriage return": "a\r\nb",
    "backspace": "a\bb",
    "form feed": "a\fb",
    "vertical tab": "a\vb",
    "escape": "\x1b[31m",
    "bell": "\x07",
    "start of heading": "\x01",
    "unit separator": "\x1f",
    "delete": "\x7f",
    "c1 control": "\x85\x9f",
    "every control character": "".join(map(chr, range(1, 32))),
    "byte order mark": "\ufeffa",
    "line separator": "a\u2028b\u2029c",
    "zero width": "a\u200bb\u200dc",
    "right to left": "\u202eabc",
    "combining": "e\u0301",
    "composed": "\u00e9",
    "emoji": "\U0001f469\u200d\U0001f3a8\U0001f3fd",
    "astral": "\U0010ffff",
    "private use": "\ue000",
    "non-character": "\ufffe\uffff",
    "replacement": "\ufffd",
    "single quote": "'",
    "double quote": '"',
    "both quotes": "'\"'\"",
    "back-tick": "`",
    "backslash": "\\",
    "backslash quote": "\\'",
    "backslash at end": "abc\\",
    "unicode escape": "\\u0041",
    "dollar": "$name",
    "dollar brace": "${name}",
    "percent": "%s %(x)s %",
    "braces": "{name} {0} {}",
    "dollar quotes": "$$ ; DROP $$",
    "comment": "// x",
    "block comment": "/* x */",
    "semicolon": "; MATCH (n) DETACH DELETE n",
    "fragment": "' OR 1=1 //",
    "closing": "'}) DETACH DELETE n //",
    "closing double": '"}) DETACH DELETE n //',
    "parameter header": "CYPHER x=1 RETURN 1",
    "null word": "null",
    "true word": "true",
    "number word": "1e5",
    "nan word": "NaN",
    "json": '{"a": [1, null]}',
    "date": "2020-01-01",
    "typed suffix": "x::text",
    "html": "<script>alert(1)</script>",
    "path": "../../etc/passwd",
    "huge": "x" * 1_000_000,
    "huge quotes": "'\"\\" * 50_000,
    "str subclass": LoudText("plain"),
}
REFUSED_TEXTS = {
    "nul": "a\0b",
    "nul alone": "\0",
    "high surrogate": "\ud800",
    "low surrogate": "a\udc00",
    "swapped pair": "\udc00\ud800",
    "bytes": b"abc",
    "bytearray": bytearray(b"abc"),
    "liar": Liar(),
    "thrower": Thrower(),
    "equal to all": EqualToAll(),
    "int": 1,
    "bool": True,
    "list": ["a"],
    "dict": {"a": 1},
    "type": str,
}
INTEGERS = {
    "zero": 0,
    "minus one": -1,
    "largest": 2**63 - 1,
    "smallest": -(2**63),
    "beyond double": 2**53 + 1,
    "int subclass": LoudInt(5),
}
REFUSED_INTEGERS = {
    "too large": 2**63,
    "too small": -(2**63) - 1,
    "much too large": 10**40,
    "true": True,
    "false": False,
    "float": 1.0,
    "nan": float("nan"),
    "inf": float("inf"),
    "text": "1",
    "complex": 1j,
    "liar": Liar(),
}
FLOATS = {
    "zero": 0.0,
    "negative zero": -0.0,
    "smallest": 5e-324,
    "tiny": 2.2250738585072e-308,
    "large": 1.5e308,
    "integral": 1e16,
    "tenth": 0.1,
    "float subclass": LoudFloat(2.5),
}
REFUSED_FLOATS: dict[str, Any] = {
    "text": "1.0",
    "bool": True,
    "complex": 1j,
    "liar": Liar(),
}
NAMES = {
    "empty": "",
    "nul": "a\0",
    "newline": "a\nb",
    "back-tick": "a`b",
    "closing": "a`) DETACH DELETE n //",
    "surrogate": "\ud800",
    "long": "x" * 70_000,
    "control": "\x01",
    "right to left": "\u202ea",
    "bytes": b"a",
    "int": 1,
    "none": None,
    "list": ["a"],
    "liar": Liar(),
}
STRANGE_NAMES = {
    "space": " ",
    "space inside": "a b",
    "keyword": "MATCH",
    "digit": "1a",
    "dollar": "$x",
    "quote": "a'b",
    "double quote": 'a"b',
    "backslash": "a\\b",
    "dot": "a.b",
    "accent": "été",
    "emoji": "🎨",
    "braces": "{a}",
    "percent": "%s",
    "colon": "a:B",
    "comment": "a//b",
    "fragment": "n) DETACH DELETE (m",
}
