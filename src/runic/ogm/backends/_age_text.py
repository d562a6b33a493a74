"""Cypher's text as Apache AGE takes it: which columns it returns, and nodes returned whole instead of by property."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from runic.ogm.backends._age_names import stored_name
from runic.ogm.exceptions import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.cypher.statement import Statement

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<parameter>\$\w+)
    | (?P<word>\w+)
    | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSED = "([{", ")]}"
_NAME = r"`(?:[^`]|``)+`|[A-Za-z_]\w*"
_PROPERTY = re.compile(rf"({_NAME})\.(`(?:[^`]|``)+`)")
_FUNCTION = re.compile(rf"(id|start_id|labels)\(({_NAME})\)")
_AFTER_ITEMS = frozenset({"ORDER", "SKIP", "LIMIT"})
_ROWS = re.compile(r"\bUNWIND \$(?:r0|keys) AS (\w+)")
_FEW = (10, 100)
MANY = 2


class Token(NamedTuple):
    """A word, a string, a quoted name, a parameter or a mark; `depth` tells how many brackets it is within."""

    kind: str
    text: str
    start: int
    end: int
    depth: int
    within: str


class Item(NamedTuple):
    """What RETURN names: an expression, and the name that it gives its column."""

    text: str
    name: str


class Returned(NamedTuple):
    """A RETURN clause: its place in the text up to ORDER BY, SKIP or LIMIT, and its items."""

    start: int
    end: int
    items: tuple[Item, ...]
    distinct: bool


class Source(NamedTuple):
    """Where a column of a table comes from: a column of the reply, and what of the entity there, if it is one.

    part: "" (the value itself), "properties", "id", "start_id" or "labels"; `name` is the property's.
    """

    column: int
    part: str = ""
    name: str = ""


class Packed(NamedTuple):
    """One table's columns, and which columns of the reply hold whole vertices or edges."""

    sources: tuple[Source, ...]
    entities: frozenset[int] = frozenset()


class Compiled(NamedTuple):
    """The text to be sent, how many columns the reply has, and how its tables are read; none for raw Cypher."""

    text: str
    width: int
    tables: tuple[Packed, ...]
    names: tuple[str, ...]


def tokens(text: str) -> Iterator[Token]:
    """Yield what is not space or comment."""
    stack: list[str] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "skip":
            continue
        found = match.group()
        if found in _CLOSED and stack:
            stack.pop()
        yield Token(kind, found, match.start(), match.end(), len(stack), stack[-1] if stack else "")
        if found in _OPEN:
            stack.append(found)


def few_rows(statement: Statement) -> int | None:
    """Return a bound of the rows of a section or of the keys of a read, where they are few."""
    if statement.origin == "execute":
        return None
    rows = statement.parameters.get("r0", statement.parameters.get("keys"))
    given = isinstance(rows, list)
    return next((most for most in _FEW if len(rows) <= most), None) if given else None


def expect(text: str, rows: int | None) -> str:
    """Return the text with that bound: PostgreSQL expects a thousand from each UNWIND, and scans a table for them."""
    return text if rows is None else _ROWS.sub(rf"\g<0> WITH \1 LIMIT {rows}", text)


def encode_names(text: str) -> str:
    """Return the text with labels and edge types that AGE refuses spelt as it stores them."""
    parts: list[str] = []
    done, last = 0, ""
    for token in tokens(text):
        if token.kind == "quoted" and last in (":", "|") and token.within in ("(", "["):
            stored = stored_name(token.text[1:-1])
            parts += [text[done : token.start], f"`{stored}`"]
            done = token.end
        last = token.text
    return "".join([*parts, text[done:]]) if parts else text


def returned(text: str) -> list[Returned]:
    """Return the last RETURN of each statement of a UNION; none for a statement that returns nothing."""
    found: list[Returned] = []
    start: Token | None = None
    branch: list[Token] = []
    for token in [*tokens(text), Token("word", "UNION", len(text), len(text), 0, "")]:
        word = token.text.upper() if token.kind == "word" and token.depth == 0 else ""
        if word == "RETURN":
            start, branch = token, []
        elif word == "UNION":
            if start is not None:
                found.append(_read_return(text, start, branch))
            start = None
        elif start is not None:
            branch.append(token)
    return found


def _read_return(text: str, start: Token, branch: Sequence[Token]) -> Returned:
    distinct = bool(branch) and branch[0].kind == "word" and branch[0].text.upper() == "DISTINCT"
    groups: list[list[Token]] = [[]]
    for token in branch[1:] if distinct else branch:
        if token.depth == 0 and token.text == ",":
            groups.append([])
        elif token.depth == 0 and token.kind == "word" and token.text.upper() in _AFTER_ITEMS:
            break
        elif token.text != ";":
            groups[-1].append(token)
    items = tuple(_read_item(text, group) for group in groups if group)
    end = max((token.end for group in groups for token in group), default=start.end)
    return Returned(start.start, end, items, distinct)


def _read_item(text: str, group: Sequence[Token]) -> Item:
    whole = text[group[0].start : group[-1].end]
    if len(group) > MANY and group[-2].depth == 0 and group[-2].text.upper() == "AS":
        name = group[-1].text
        name = name[1:-1].replace("``", "`") if group[-1].kind == "quoted" else name
        return Item(text[group[0].start : group[-3].end], name)
    return Item(whole, whole)


def compile_text(text: str, widths: tuple[int, ...]) -> Compiled:
    """Return how a statement is sent; `widths` are those of its tables, none for raw Cypher."""
    text = encode_names(text)
    found = returned(text)
    if not widths:
        return _raw(text, found)
    if len(found) != len(widths):  # one table from several statements: their values stay as they are
        sources = tuple(Source(column) for column in range(widths[0]))
        return Compiled(text, widths[0], (Packed(sources),), ())
    packed = [_pack(part, width, index if len(widths) > 1 else None) for index, (part, width) in enumerate(
        zip(found, widths, strict=True))]  # fmt: skip
    count = max(len(items) for items, _ in packed) + (len(widths) > 1)
    pieces: list[str] = []
    done = 0
    for index, (part, (items, _)) in enumerate(zip(found, packed, strict=True)):
        padded = items
        if len(widths) > 1:
            padded = [*items, *["null"] * (count - 1 - len(items)), str(index)]
        distinct = "DISTINCT " if part.distinct else ""
        pieces += [text[done : part.start], f"RETURN {distinct}{', '.join(padded)}"]
        done = part.end
    return Compiled("".join([*pieces, text[done:]]), count, tuple(table for _, table in packed), ())


def _raw(text: str, found: list[Returned]) -> Compiled:
    names = tuple(item.name for item in found[0].items) if found else ()
    if "*" in names:
        raise QueryError("Apache AGE has to be told the columns of a reply: name what to return instead of RETURN *")
    return Compiled(text, max(1, len(names)), (), names)


def _pack(part: Returned, width: int, index: int | None) -> tuple[list[str], Packed]:
    """Return what to return, and where to find the columns in it: an entity of which much is read comes whole."""
    items = part.items[:width] if index is not None else part.items
    whole: set[str] = set() if part.distinct else _entities(items)
    texts: list[str] = []
    places: dict[str, int] = {}
    sources: list[Source] = []
    for item in items:
        alias, source, name = _split(item.text)
        if alias not in whole:
            texts.append(f"{item.text} AS {_quoted(item.name)}" if item.name != item.text else item.text)
            sources.append(Source(len(texts) - 1))
            continue
        if alias not in places:
            texts.append(alias)
            places[alias] = len(texts) - 1
        sources.append(Source(places[alias], source, name))
    return texts, Packed(tuple(sources), frozenset(places.values()))


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _entities(items: Sequence[Item]) -> set[str]:
    """Return the variables of which several parts are read under no names of their own, as those of entities are."""
    often = Counter(_split(item.text)[0] for item in items if item.name == item.text)
    return {alias for alias, times in often.items() if alias and times > 1}


def _split(text: str) -> tuple[str, str, str]:
    """Return the variable, what is read of it, and the property's name; no variable for any other expression."""
    match = _PROPERTY.fullmatch(text)
    if match is not None:
        return match[1], "properties", match[2][1:-1].replace("``", "`")
    match = _FUNCTION.fullmatch(text)
    return (match[2], match[1], "") if match is not None else ("", "", "")
