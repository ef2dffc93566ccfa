"""The key that signs sessions and confirmation forms: made once, at first run, never shipped."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from hub.kernel.secret import Secret

# 256 bits: as long as the HMAC-SHA256 that uses it (RFC 2104, section 3).
KEY_BYTES = 32
HEXADECIMAL = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}")


def signing_key(configured: Secret, directory: Path) -> Secret:
    """The configured key, or the one kept in ``directory``; it is made there when there is none yet.

    The file can be read by its owner only. Two processes that start together agree on one key.

    Raises:
        OSError: the directory cannot be written, or the key in it is damaged: another one would make sealed data
            unreadable, and with an empty one anybody could sign.
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
    kept = path.read_text(encoding="ascii", errors="replace").strip()
    if not HEXADECIMAL.fullmatch(kept):
        msg = f"{path} is damaged: put it back from a backup"
        raise OSError(msg)
    return Secret(kept)
