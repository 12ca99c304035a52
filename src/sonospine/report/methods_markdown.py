"""The methods section as Markdown, ready to paste into a manuscript."""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.report.markdown import escaped
from sonospine.report.methods import Part


def methods_markdown(title: str, banner: str, parts: Sequence[Part]) -> str:
    """Write the parts as Markdown; texts from outside are escaped."""
    made = [f"# Methods: {escaped(title)}"]
    if banner:
        made.append(f"**{escaped(banner)}.**")
    for part in parts:
        made.append(f"## {escaped(part.heading)}")
        made += [escaped(text) for text in part.paragraphs]
        if part.listed:
            made.append("\n".join(f"- {escaped(name)}: {escaped(value)}" for name, value in part.listed))
    return "\n\n".join(made) + "\n"
