"""Source lines to a function, with the source kept where tracebacks and debuggers find it."""

from __future__ import annotations

import linecache
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from weakref import finalize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import CodeType

KEPT: Final = 512
"""How many texts are kept compiled: compiling costs up to 2 ms, and each driver asks for the same ones again."""

_serial = count()


def build_function(name: str, parameters: str, body: Iterable[str], names: Mapping[str, object]) -> Callable[..., Any]:
    """Compile `def name(parameters): body` with `names` as its globals.

    Only names that `identifiers` or `str.isidentifier` let through may stand in the text; values go into `names`.
    """
    namespace: dict[str, Any] = dict(names)
    exec(_compile(name, f"def {name}({parameters}):\n" + "".join(f"    {line}\n" for line in body)), namespace)  # noqa: S102 - the text is made here, of checked identifiers
    function: Callable[..., Any] = namespace[name]
    return function


@lru_cache(KEPT)
def _compile(name: str, source: str) -> CodeType:
    """Return the code of a text; its lines are readable for as long as any function has the code."""
    filename = f"<runic.ogm {name} {next(_serial)}>"
    code = compile(source, filename, "exec")
    [function] = [const for const in code.co_consts if hasattr(const, "co_filename")]
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    finalize(function, linecache.cache.pop, filename, None).atexit = False
    return code
