"""Formulas as plain text: MathML and TeX."""

from __future__ import annotations

import re

from lxml import etree

_SYMBOLS = {
    "pm": "±",
    "mp": "∓",
    "geq": "≥",
    "ge": "≥",
    "geqslant": "≥",
    "leq": "≤",
    "le": "≤",
    "leqslant": "≤",
    "times": "×",
    "cdot": "·",
    "div": "÷",
    "sim": "~",
    "approx": "≈",
    "neq": "≠",
    "ne": "≠",
    "mu": "μ",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "Delta": "Δ",
    "chi": "χ",
    "kappa": "κ",
    "eta": "η",
    "sigma": "σ",
    "tau": "τ",
    "rho": "ρ",
    "lambda": "λ",
    "circ": "°",
    "degree": "°",
    "rightarrow": "→",
    "to": "→",
    "infty": "∞",
    "less": "<",
    "lt": "<",
    "gt": ">",
    "sum": "∑",
    "sqrt": "√",
    "quad": " ",
    "qquad": " ",
    "prime": "′",
}
_NAMES = "|".join(sorted(_SYMBOLS, key=lambda name: (-len(name), name)))
_SYMBOL = re.compile(rf"\\({_NAMES})(?![A-Za-z])")
_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_WRAPPED = re.compile(
    r"\\(?:text|mathrm|mathit|mathbf|textit|textbf|textrm|operatorname|mathsf|rm|hbox|mbox)\s*\{([^{}]*)\}"
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SPACE = re.compile(r"\\[,;:!> ]|~")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_SCRIPT = re.compile(r"([\^_])\{([^{}]*)\}")


def symbols(text: str) -> str:
    r"""Return a text in which TeX names of signs (``\pm``, ``\geq``) left by a conversion are the characters.

    Places count code points of the text that is stored, which is this one.
    """
    if "\\" not in text:
        return text
    return re.sub(r"\\([%&#$_])", r"\1", _SYMBOL.sub(lambda found: _SYMBOLS[found[1]], text))


def tex_text(source: str) -> str:
    """Return a TeX formula as plain text: signs as characters, fractions with a slash, commands left out."""
    found = _DOCUMENT.search(source)
    text = (found[1] if found else source).replace("$", "")
    text = _SPACE.sub(" ", text)
    for _ in range(4):
        text = _FRACTION.sub(r"\1/\2", _WRAPPED.sub(r"\1", text))
    text = symbols(text)
    text = _SCRIPT.sub(r"\1\2", text)
    return _COMMAND.sub("", text).replace("{", "").replace("}", "").replace("\\", " ").strip()


def math_text(element: etree._Element) -> str:
    """Return MathML as plain text: powers with a caret, fractions with a slash, annotations left out."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    name = tag[tag.index("}") + 1 :] if "}" in tag else tag
    if name in ("annotation", "annotation-xml"):
        return ""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        text = element.text or ""
        return text if name == "mtext" else text.strip()
    parts = [math_text(child) for child in children]
    if name == "mfrac" and len(parts) == 2:
        return f"{parts[0]}/{parts[1]}"
    if name == "msup" and len(parts) == 2:
        return f"{parts[0]}^{parts[1]}"
    if name == "semantics":
        return parts[0]
    if name == "mtr":
        return " ".join(parts) + " "
    return "".join(parts)
