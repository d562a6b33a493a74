"""`python -m tests.servers [name ...]`: start databases, print their URLs, and stop them at Ctrl-C."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack, suppress

from tests.servers import MODULES, CannotStartError, starter


def main(names: list[str]) -> None:
    """Start the named databases, or all, and wait."""
    urls: dict[str, str] = {}
    with ExitStack() as running:
        for name in names or MODULES:
            try:
                target = starter(name)()
            except CannotStartError as error:
                print(f"{name}: cannot start here: {error}", file=sys.stderr)
                continue
            running.callback(target.close)
            urls[name] = target.url("runic")
            print(f"{name}: {urls[name]}", flush=True)
        print(f"RUNIC_TEST_URLS='{','.join(f'{name}={url}' for name, url in urls.items())}'", flush=True)
        print("Ctrl-C stops them.", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end the wait, and so the servers
    main(sys.argv[1:])
