"""Print the client libraries of all extras at the lowest version that each is allowed: `name==version`, one a line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def main() -> None:
    """Print them, the highest of the lowest where two extras differ."""
    lowest: dict[str, str] = {}
    for requirement in (one for extra in PROJECT["optional-dependencies"].values() for one in extra):
        found = re.fullmatch(r"([\w-]+(?:\[\w+\])?)>=([\d.]+).*", requirement)
        if found is not None:
            name, version = found.groups()
            lowest[name] = max(lowest.get(name, "0"), version, key=lambda text: [int(part) for part in text.split(".")])
    print("\n".join(f"{name}=={version}" for name, version in lowest.items()))  # noqa: T201 - it is what it is for


if __name__ == "__main__":
    main()
