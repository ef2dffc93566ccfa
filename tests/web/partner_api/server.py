"""A web server of the hub on a free port of the loopback, which it prints. Made to be killed.

Usage: python server.py DATA_DIRECTORY CHANNELS_FILE [DATABASE_URL]
"""

from __future__ import annotations

import sys
from pathlib import Path

from werkzeug.serving import make_server

from hub.app import create_app
from hub.kernel.clock import SystemClock
from tests.conftest import make_settings


def main(directory: str, channels: str, url: str = "") -> None:
    settings = make_settings(Path(directory), {"channels": {"file": channels}}, url)
    server = make_server("127.0.0.1", 0, create_app(settings, clock=SystemClock()), threaded=True)
    print(server.port, flush=True)  # noqa: T201 - how the test learns the port
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
