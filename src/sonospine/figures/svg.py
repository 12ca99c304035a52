"""Finishing SVG: fit for inlining in a page that allows no style but its own sheet, and for screen readers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"
_URL = re.compile(r"url\(#([^)]+)\)")


def finished(
    content: bytes, *, prefix: str, links: Mapping[str, tuple[str, str]], title: str, description: str
) -> bytes:
    """Return matplotlib's SVG with its own ids, attributes in place of styles, links, a title and a description.

    Parameters
    ----------
    content
        SVG as matplotlib writes it.
    prefix
        Stands before every id, so that several figures fit in one page; signs that no id can have become hyphens.
    links
        By group id (matplotlib's ``gid``): the address and the name of a link to make around the group.
    title, description
        For screen readers.
    """
    prefix = re.sub(r"[^A-Za-z0-9_-]+", "-", prefix)
    root = _parsed(content)
    for useless in root.findall(f"{{{SVG}}}metadata"):
        root.remove(useless)
    for sheet in list(root.iter(f"{{{SVG}}}style")):
        _parent(sheet).remove(sheet)
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    for element in list(root.iter(etree.Comment)):
        _parent(element).remove(element)
    for element in root.iter(f"{{{SVG}}}*"):
        _styles_to_attributes(element)
    _add_links(root, links)
    _prefix_ids(root, prefix)
    _name(root, prefix, title, description)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(root, encoding="utf-8") + b"\n"


def relinked(content: bytes, old_base: str, new_base: str) -> bytes:
    """Return a finished SVG whose links start with another base."""
    root = _parsed(content)
    for anchor in root.iter(f"{{{SVG}}}a"):
        address = anchor.get(HREF, "")
        if address.startswith(old_base):
            anchor.set(HREF, new_base + address.removeprefix(old_base))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(root, encoding="utf-8") + b"\n"


def inline(content: bytes) -> str:
    """Return a finished SVG as markup for an HTML page: no declaration; its size follows the page."""
    root = _parsed(content)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("class", "forest")
    return etree.tostring(root, encoding="unicode")


def _parsed(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)
    return etree.fromstring(content, parser)


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root has no parent")
    return parent


def _styles_to_attributes(element: etree._Element) -> None:
    style = element.attrib.pop("style", "")
    for declaration in str(style).split(";"):
        name, _, value = declaration.partition(":")
        if name.strip():
            element.set(name.strip(), value.strip())


def _add_links(root: etree._Element, links: Mapping[str, tuple[str, str]]) -> None:
    """Make each pane a link; it takes clicks though it is clear."""
    groups = {element.get("id"): element for element in root.iter(f"{{{SVG}}}g")}
    for group_id, (address, name) in links.items():
        group = groups[group_id]
        anchor = etree.Element(f"{{{SVG}}}a", {HREF: address, "aria-label": name, "pointer-events": "all"})
        _parent(group).replace(group, anchor)
        hint = etree.SubElement(anchor, f"{{{SVG}}}title")
        hint.text = name
        anchor.append(group)


def _prefix_ids(root: etree._Element, prefix: str) -> None:
    for element in root.iter(f"{{{SVG}}}*"):
        if element.get("id"):
            element.set("id", f"{prefix}-{element.get('id')}")
        reference = element.get(HREF, "")
        if reference.startswith("#"):
            element.set(HREF, f"#{prefix}-{reference[1:]}")
        for name in ("clip-path", "fill", "stroke", "mask", "filter"):
            if element.get(name, "").startswith("url("):
                element.set(name, _URL.sub(rf"url(#{prefix}-\1)", element.get(name, "")))


def _name(root: etree._Element, prefix: str, title: str, description: str) -> None:
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = etree.Element(f"{{{SVG}}}{tag}", {"id": f"{prefix}-{tag}"})
        element.text = text
        root.insert(position, element)
    root.set("role", "group")
    root.set("aria-labelledby", f"{prefix}-title")
    root.set("aria-describedby", f"{prefix}-desc")
