"""Which programs fetched: a manifest names them."""

from __future__ import annotations

import sys
from importlib.metadata import version

from sonospine.model.version import VERSION


def versions() -> dict[str, str]:
    """Return the versions of this program, of its client and of Python (without the patch level)."""
    return {
        "sonospine": VERSION,
        "httpx": version("httpx"),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
