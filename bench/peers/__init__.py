"""Other mappers, measured by the same workloads: each in an environment of its own, since they pin their clients."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parent.parent.parent
PYTHON: Final = ROOT / ".venvs" / "peers" / "bin" / "python"


def results(name: str, size: int, runs: int, only: str, url: str = "") -> Iterator[Result]:
    """Yield a peer's results; say so in one line where it is not installed or fails."""
    if not PYTHON.exists():
        print(f"{name}: left out, its environment .venvs/peers is not there (make bench installs it)", file=sys.stderr)
        return
    command = [str(PYTHON), "-m", f"bench.peers.with_{name}", str(size), str(runs), only, url]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        yield Result(**json.loads(line))
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"{name}: left out from here on, it failed: {why}", file=sys.stderr)
