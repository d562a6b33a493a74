"""The text of the functions that are generated for a class; each has its loop inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.mapping.columns import Column

Lines = list[str]


class Layout(NamedTuple):
    """Where a table has what makes an entity: a position for each property, and of the id (None: no row is null).

    shares_row: the first columns are the properties in their order, so that the row itself can be kept.
    """

    positions: tuple[int, ...]
    id_position: int | None
    shares_row: bool


def indented(lines: Iterator[str] | Sequence[str]) -> Lines:
    """Return lines one level deeper."""
    return [f"    {line}" for line in lines]


def guarded(loop: Sequence[str], item: str, handler: str) -> Lines:
    """Return `loop` with any error told by `handler`, which knows the `item` at which it happened."""
    return [
        f"{item} = None",
        "try:",
        *indented(loop),
        "except Exception as error:",
        f"    raise {handler}({item}, error) from error",
    ]


def dump(columns: Sequence[Column]) -> Lines:
    """From (entities): a row of wire values for each."""
    loop = [line for column in columns for line in _encode(column)]
    values = ", ".join(f"v{column.index}" for column in columns)
    body = ["for entity in entities:", *indented([*loop, f"append([{values}])"])]
    return ["rows = []", "append = rows.append", *guarded(body, "entity", "refused"), "return rows"]


def keys(columns: Sequence[Column]) -> Lines:
    """From (entities): the wire value of the only column for each."""
    (key,) = columns
    body = ["for entity in entities:", *indented([*_encode(key), f"append(v{key.index})"])]
    return ["found = []", "append = found.append", *guarded(body, "entity", "refused"), "return found"]


def _encode(column: Column) -> Iterator[str]:
    value, encoder = f"v{column.index}", f"encode{column.index}"
    fits = column.fits(value)
    yield f"{value} = entity.{column.name}"
    if column.nullable:
        unfit = f"not ({fits}) and {value} is not None" if fits else f"{value} is not None"
        yield f"if {unfit}: {value} = {encoder}({value})"
    elif fits:
        yield f"if not ({fits}): {value} = {encoder}({value}) if {value} is not None else missing()"
    else:
        yield f"{value} = {encoder}({value}) if {value} is not None else missing()"


def changed(columns: Sequence[Column]) -> Lines:
    """From (entities): pairs of an entity and the bit mask of its properties that are no longer those of `_row`."""
    loop = ["row = entity._row", "if row is None: continue", "mask = 0"]
    for column in columns:
        value = f"entity.{column.name}"
        loop += [f"v = {value}", f"r = row[{column.index}]", *_compare(column, 1 << column.index)]
    loop.append("if mask: append((entity, mask))")
    body = ["for entity in entities:", *indented(loop)]
    return ["found = []", "append = found.append", *guarded(body, "entity", "refused"), "return found"]


def _compare(column: Column, bit: int) -> Iterator[str]:
    encoder = f"encode{column.index}"
    if column.kept == "wire":
        yield "if v is None:"
        yield f"    if r is not None: mask |= {bit}"
        yield "else:"
        yield f"    w = {encoder}(v)"
        yield f"    if {_quick(column)}differs{column.index}(w, row): mask |= {bit}"
    elif column.by_wire:
        yield f"if v is not r and (v != r or type(v) is not type(r) or {_wires_differ(encoder)}): mask |= {bit}"
    else:
        yield f"if v is not r and (v != r or type(v) is not type(r)): mask |= {bit}"


def _wires_differ(encoder: str) -> str:
    """Return what is asked of values that are equal: None is only equal to itself."""
    return f"not same({encoder}(v), {encoder}(r))"


def _quick(column: Column) -> str:
    """Only what a converter makes can be equal and yet be of other types inside."""
    return "" if column.codec.wire == "any" and column.codec.kind != "list" else "w != r and "


def snapshots(columns: Sequence[Column]) -> Lines:
    """From (entities, rows): the `_row` of each entity once it is written as `rows` say."""
    values = (f"row[{c.index}]" if c.kept == "wire" else f"entity.{c.name}" for c in columns)
    return [f"return [[{', '.join(values)}] for entity, row in zip(entities, rows, strict=True)]"]


def renewals(columns: Sequence[Column]) -> Lines:
    """From (entities): the `_row` of each once these columns of it are written."""
    loop = ["row = entity._row[:]"]
    for column in columns:
        value = f"entity.{column.name}"
        kept = f"None if {value} is None else encode{column.index}({value})" if column.kept == "wire" else value
        loop.append(f"row[{column.index}] = {kept}")
    return ["rows = []", "for entity in entities:", *indented([*loop, "rows.append(row)"]), "return rows"]


def load_nodes(columns: Sequence[Column], key: Column, layout: Layout) -> Lines:
    """From (rows, known, link): the entity of each row, from `known` or new."""
    loop: Lines = []
    if layout.id_position is not None:
        loop += [f"if row[{layout.id_position}] is None:", "    append(None)", "    continue"]
    found = f"v{key.index}"
    loop += [
        *_decode(key, layout),
        f"entity = find({found})",
        "if entity is None:",
        f"    if {found} is None: missing_key()",
        *indented([line for column in columns if column is not key for line in _decode(column, layout)]),
        *indented([*_share(columns, layout), *_fill(columns, layout), f"known[{found}] = entity"]),
        "elif entity.__ogm_expired__:",
        "    revive(entity, row, link)",
        "else:",
        "    entity._ogm = link",
        "append(entity)",
    ]
    body = ["for row in rows:", *indented(loop)]
    head = ["loaded = []", "append = loaded.append", "find = known.get"]
    return [*head, *guarded(body, "row", "unreadable"), "return loaded"]


def make_edges(columns: Sequence[Column], layout: Layout) -> Lines:
    """From (rows, link): a new edge for each row."""
    loop: Lines = []
    if layout.id_position is not None:
        loop += [f"if row[{layout.id_position}] is None:", "    append(None)", "    continue"]
    loop += [line for column in columns for line in _decode(column, layout)]
    loop += [*_fill(columns, layout), "append(entity)"]
    body = ["for row in rows:", *indented(loop)]
    return ["made = []", "append = made.append", *guarded(body, "row", "unreadable"), "return made"]


def _decode(column: Column, layout: Layout) -> Iterator[str]:
    index = column.index
    value, position = f"v{index}", f"row[{layout.positions[index]}]"
    if column.kept == "wire":
        yield f"w{index} = {position}"
        yield f"{value} = None if w{index} is None else decode{index}(w{index})"
        return
    yield f"{value} = {position}"
    if column.kept == "decoded":
        yield f"if {value} is not None: {value} = decode{index}({value})"
    elif column.stored_type:
        again = f"{position} = {value}" if layout.shares_row else value
        yield f"if type({value}) is not {column.stored_type} and {value} is not None: {again} = encode{index}({value})"


def _share(columns: Sequence[Column], layout: Layout) -> Iterator[str]:
    """Turn the row of the table into the entity's; last, since an error is told by the row as it came."""
    if layout.shares_row:
        for column in columns:
            if column.kept == "decoded":
                yield f"row[{column.index}] = v{column.index}"


def _fill(columns: Sequence[Column], layout: Layout) -> Iterator[str]:
    yield "entity = new(cls)"
    yield "entity._ogm = link"
    yield f"entity._row = {_row(columns, layout)}"
    for column in columns:
        yield f"entity.{column.name} = v{column.index}"


def _row(columns: Sequence[Column], layout: Layout) -> str:
    if layout.shares_row:
        return "row"
    return "[" + ", ".join(f"w{c.index}" if c.kept == "wire" else f"v{c.index}" for c in columns) + "]"


def project(names: Sequence[str], decoded: Sequence[int], first: int) -> Lines:
    """From (rows): a dict for each; `names` are texts that Python evaluates to the keys."""
    values = [
        f"None if (w := row[{first + i}]) is None else decode{i}(w)" if i in decoded else f"row[{first + i}]"
        for i in range(len(names))
    ]
    pairs = ", ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    return ["return [{" + pairs + "} for row in rows]"]
