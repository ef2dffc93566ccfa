"""The key that signs sessions and confirmation forms: made once, at first run, never shipped."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from hub.kernel.secret import Secret

# 256 bits: as long as the HMAC-SHA256 that uses it (RFC 2104, section 3).
KEY_BYTES = 32


def signing_key(configured: Secret, directory: Path) -> Secret:
    """The configured key, or the one kept in ``directory``; it is made there when there is none yet.

    The file can be read by its owner only. Two processes that start together agree on one key.

    Raises:
        OSError: the directory cannot be written.
    """
    if configured:
        return configured
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "secret_key"
    if not path.exists():
        # mkstemp makes the file readable by its owner only.
        descriptor, name = tempfile.mkstemp(prefix="secret_key.", dir=directory)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link fails when another process was first.
        with suppress(FileExistsError):
            os.link(name, path)
        Path(name).unlink()
    return Secret(path.read_text(encoding="ascii").strip())
