"""`python -m tests.fuzz TARGET [--seconds 60]`: feed one piece of the package random bytes and look for a surprise.

With `pip install atheris` the bytes are guided by what they reach (arguments after `--` go to it); without, they are
random. It is run by hand: not every Python has atheris.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable

from tests.fuzz.targets import TARGETS

try:
    import atheris
except ImportError:
    atheris = None

PIECES = [
    b"`", b"'", b'"', b"\\", b"\0", b"//", b"/*", b"\n", b"}) DETACH DELETE n", b"::numeric", b"::vertex", b"[{", b"]",
    b"?",    b"falkordb://", b"@", b":", b"%00", b"NaN", b"1e999", b"\xed\xa0\x80", "\u2028\u00e9\U0001d518".encode(),
    b"$$",
    b"null",
]  # fmt: skip


def randomly(target: Callable[[bytes], None], seconds: float) -> int:
    """Call the target with random bytes that are full of what has meaning; return how often."""
    dice, tried, end = random.Random(), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = b"".join(
            dice.choice(PIECES) if dice.random() < 0.4 else dice.randbytes(dice.randrange(6))
            for _ in range(dice.randrange(12))
        )
        try:
            target(data)
        except BaseException:
            print(f"found by {data!r}")
            raise
        tried += 1
    return tried


def main() -> None:
    """Run one target."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--random", action="store_true", help="do without atheris")
    chosen, rest = parser.parse_known_args()
    target = TARGETS[chosen.target]()
    if atheris is None or chosen.random:
        print(f"{chosen.target}: {randomly(target, chosen.seconds)} inputs, no surprise")
        return
    atheris.instrument_all()
    limits = [f"-max_total_time={chosen.seconds:g}", "-max_len=400", *rest]
    atheris.Setup([sys.argv[0], *limits], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
