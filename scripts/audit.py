"""Ask for published advisories about what the extras bring: `audit.py PIP_AUDIT SITE_PACKAGES`; 1 if there is any.

Where no advisory service can be reached that is said, and is no failure: nothing was found out either way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def main(program: str, folder: str) -> int:
    """Run pip-audit, and tell what it found, and what it could not look up."""
    command = [program, "--path", folder, "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a program of ours
    try:
        found: list[dict[str, Any]] = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"nothing was audited: {(run.stderr.strip().splitlines() or ['pip-audit said nothing'])[-1]}")  # noqa: T201
        return 0
    looked_up = [one for one in found if "skip_reason" not in one and one["name"] != "runic-ogm"]
    if not looked_up:
        why = next((one["skip_reason"] for one in found if "skip_reason" in one), "there are no dependencies")
        print(f"nothing was audited, no advisory service can be reached from here: {why}")  # noqa: T201
        return 0
    bad = [f"{one['name']} {one['version']}: {flaw['id']}" for one in looked_up for flaw in one["vulns"]]
    print("\n".join([*bad, f"{len(looked_up)} of {len(found)} audited, {len(bad)} advisories"]))  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
