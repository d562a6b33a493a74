"""Source lines to a function, with the source kept where tracebacks and debuggers find it."""

from __future__ import annotations

import linecache
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_serial = count()


def build_function(name: str, parameters: str, body: Iterable[str], names: Mapping[str, object]) -> Callable[..., Any]:
    """Compile `def name(parameters): body` with `names` as its globals.

    Only names that `identifiers` or `str.isidentifier` let through may stand in the text; values go into `names`.
    """
    source = f"def {name}({parameters}):\n" + "".join(f"    {line}\n" for line in body)
    filename = f"<runic.ogm {name} {next(_serial)}>"
    namespace: dict[str, Any] = dict(names)
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102 - the text is made here, of checked identifiers
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    function: Callable[..., Any] = namespace[name]
    return function
