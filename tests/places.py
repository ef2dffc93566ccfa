"""Where the files of the tests lie: in memory where there is room, because nothing of them need outlive a power cut.

Each commit of SQLite waits for the disk, some milliseconds on a machine in a cloud, some ten thousand times in a suite.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - the directory in memory; what lies in it has names of its own
ROOM = 4 * 2**30


def lie_in_memory() -> None:
    """Makes it the directory for temporary files, of child processes too; whoever has set ``TMPDIR`` is obeyed."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(MEMORY).free >= ROOM and os.access(MEMORY, os.W_OK):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
