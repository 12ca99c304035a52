"""Start `snakemake` after clearing what a killed run left; `make review` calls this.

A run that was killed leaves a lock and, perhaps, jobs that still write. The process group of each run is noted in
`.snakemake/review.json`. If the run that noted it is alive, this one stops with one line; if it is dead, what is
left of its group is ended and the lock is taken off. Files are renamed into place when they are whole, so a killed
job leaves no half file behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOTE = Path(".snakemake/review.json")
LOCKS = Path(".snakemake/locks")
REPORT = Path("results/report/index.html")
NOTED = {"runner": int, "started": str, "group": int, "group_started": str}
BOOT = Path("/proc/sys/kernel/random/boot_id")
LINUX = BOOT.exists()
"""Where the kernel tells about processes itself; elsewhere ``ps`` is asked, which small Linux images lack."""
QUIETLY = ("--quiet", "host", "reason", "rules")


def started(pid: int) -> str:
    """When a process started, or nothing where there is none: tells a reused process id from the old one."""
    if LINUX:
        fields = _fields(pid)
        return f"{BOOT.read_text().strip()} {fields[19]}" if fields and fields[0] != "Z" else ""
    asked = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    return asked.stdout.strip()


def members(group: int) -> list[int]:
    """List the processes of a group that are still alive."""
    if LINUX:
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        return [pid for pid in pids if (found := _fields(pid)) and found[2] == str(group) and found[0] != "Z"]
    asked = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,stat="], capture_output=True, text=True, check=False
    )
    rows = [line.split() for line in asked.stdout.splitlines()]
    return [int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")]


def _fields(pid: int) -> list[str]:
    """State, parent, group ... of a process (proc(5), from the third field on); nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def noted() -> dict[str, Any] | None:
    """Return what the last run noted of itself; nothing where there is no note, or half of one."""
    try:
        note = json.loads(NOTE.read_text(encoding="utf-8"))
        return {name: kind(note[name]) for name, kind in NOTED.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def clear_dead_run() -> None:
    """End what is left of a run whose starter is dead, and take off its lock; stop if it is alive."""
    note = noted()
    if note is not None:
        if note["started"] and started(note["runner"]) == note["started"]:
            sys.exit(f"a review is under way here (process {note['runner']}): wait for it, or end it")
        leader = started(note["group"])
        orphans = members(note["group"]) if leader in ("", note["group_started"]) else []
        for pid in orphans:
            send(os.kill, pid, signal.SIGKILL)
        while orphans and members(note["group"]):
            time.sleep(0.05)
    NOTE.unlink(missing_ok=True)
    if LOCKS.is_dir() and any(LOCKS.iterdir()):
        print("taking off the lock of a run that was killed", file=sys.stderr)
        subprocess.run(["snakemake", *sys.argv[1:], "--unlock", "--quiet", "all"], check=True)


def send(signal_to: Callable[[int, int], None], target: int, number: int) -> None:
    """Send a signal to a process or a group that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        signal_to(target, number)


def main() -> int:
    """Run snakemake in a group of its own, pass signals on, and give its exit status."""
    clear_dead_run()
    run = subprocess.Popen(["snakemake", *sys.argv[1:], *QUIETLY], start_new_session=True)
    NOTE.parent.mkdir(exist_ok=True)
    note = {
        "runner": os.getpid(),
        "started": started(os.getpid()),
        "group": run.pid,
        "group_started": started(run.pid),
    }
    part = NOTE.with_suffix(".part")
    part.write_text(json.dumps(note), encoding="utf-8")
    part.replace(NOTE)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: send(os.killpg, run.pid, received))
    status = run.wait()
    NOTE.unlink(missing_ok=True)
    if not status:
        print(f"the report is {REPORT}")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
