"""Debian's Chromium for the tests that need a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")


def running_chromium(*options: str) -> Iterator[Any]:
    """Yield a running browser; without one the test is skipped, or fails where all is required."""
    if not CHROMIUM.exists():
        if os.environ.get("SONOSPINE_REQUIRE_ALL"):
            pytest.fail("Chromium is required and not here")
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", *options])
        yield running
        running.close()
