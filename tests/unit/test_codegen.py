"""Functions that are written at run time: one compilation a text, lines that a traceback shows, nothing left behind."""

from __future__ import annotations

import gc
import linecache
import traceback

import pytest

from runic.ogm import codegen
from runic.ogm.codegen import build_function


def test_globals_are_the_functions_own() -> None:
    first = build_function("weigh", "crate", ["return crate + tare"], {"tare": 2})
    second = build_function("weigh", "crate", ["return crate + tare"], {"tare": 5})
    assert (first(1), second(1)) == (3, 6)
    assert first.__code__ is second.__code__


def test_traceback_shows_the_line() -> None:
    divide = build_function("divide", "crate", ["share = crate / 0", "return share"], {})
    with pytest.raises(ZeroDivisionError) as caught:
        divide(1)
    assert traceback.extract_tb(caught.value.__traceback__)[-1].line == "share = crate / 0"


def test_text_is_forgotten_with_the_last_function() -> None:
    made = [build_function("once", f"a{number}", ["return 1"], {}) for number in range(codegen.KEPT + 50)]
    names = {function.__code__.co_filename for function in made}
    assert names <= linecache.cache.keys()
    made.clear()
    gc.collect()
    assert len(names & linecache.cache.keys()) == codegen.KEPT


def test_text_in_use_outlives_its_place_in_the_cache() -> None:
    kept = build_function("kept", "b", ["return 1"], {})
    for number in range(codegen.KEPT):
        build_function("other", f"b{number}", ["return 1"], {})
    gc.collect()
    assert linecache.getline(kept.__code__.co_filename, 2) == "    return 1\n"
