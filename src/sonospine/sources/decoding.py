"""From bytes to text: encodings, named entities, and the binary files that are no text at all."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Iterator
from html.entities import html5

from sonospine.sources.raw import Unreadable

_BINARY = (
    (b"%PDF", "a PDF: only text, Markdown, JATS, PubMed XML and ClinicalTrials.gov JSON are read"),
    (b"\x1f\x8b", "a gzip archive within a gzip archive: unpack it first"),
    (b"BZh", "a bzip2 archive: unpack it first"),
    (b"\xfd7zXZ", "an xz archive: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"Rar!", "a rar archive: unpack it first"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel document"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3", "an SQLite database"),
)
_OFFICE = {
    ".docx": "a Word document (docx)",
    ".xlsx": "an Excel workbook (xlsx): save it as CSV (UTF-8)",
    ".pptx": "a presentation (pptx)",
    ".odt": "an OpenDocument text (odt)",
    ".epub": "an e-book (epub)",
    ".enlx": "an EndNote library (enlx): export it from EndNote as RIS or XML",
}
_PREDEFINED = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ENTITY_BYTES = re.compile(rb"&([A-Za-z][A-Za-z0-9._-]{0,48});")
_OTHER_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]")
_ENTITY_TEXT = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Zero-width characters and soft hyphens stand inside words and numbers and mean nothing.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), None) | {
    code: " " for code in range(32) if chr(code) not in "\t\n\r\x1c\x1d\x1e\x1f"
}
_TRANSLATED = re.compile(f"[{re.escape(''.join(map(chr, _INVISIBLE)))}]")
# A thin or no-break space between digits in threes is part of the number: "10 218" with a plain space may be two.
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:[\u2008\u2009\u202f\u00a0]\d{3})+(?!\d)")
_THIN = re.compile(r"[\u2008\u2009\u202f\u00a0]")
_ENTITY_REACH = 64
_ASCII_LE = re.compile(rb"[\t\n\r -~]\x00[^\x00]\x00")
_ASCII_BE = re.compile(rb"\x00[\t\n\r -~]\x00[^\x00]")
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# Between small letters Windows-1252 has neither these (capitals and signs), nor has Mac Roman the others.
_MAC_LETTER = re.compile(rb"(?<=[a-z])[\x80-\x84\x86-\x8f\x91\x93-\x95\x98\x99\x9b\x9d\x9f](?=[a-z])")
_WINDOWS_LETTER = re.compile(rb"(?<=[a-z])[\xdf-\xff](?=[a-z])")
_STRAY = "sonospine.stray_bytes"
_PARTLY = ("decoded_partly_as_cp1252",)


def binary_reason(head: bytes, suffix: str) -> str:
    """Return why a file that begins with these bytes is no text (empty where it may be text)."""
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return "the file is empty" if b"\x00" not in head.strip(b"\xff\xfe") else "a binary file"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _OFFICE.get(suffix, "a zip archive: unpack it first")
    for magic, reason in _BINARY:
        if head.startswith(magic):
            return reason
    if wide_encoding(head):
        return ""
    odd = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    return "a binary file" if b"\x00" in head or odd * 50 > len(head) else ""


def wide_encoding(head: bytes) -> str:
    """Return ``utf-16``, ``utf-16-le``, ``utf-16-be`` or ``utf-32`` where the first bytes tell so."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark: every other byte of the first letters is zero.
    if _ASCII_LE.match(head):
        return "utf-16-le"
    if _ASCII_BE.match(head):
        return "utf-16-be"
    return ""


def decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return bytes as text, and flags about how.

    UTF-8 or UTF-16/32 by their marks, else the encoding that an XML declaration names, else Mac Roman where letters
    stand that are none in Windows-1252, else Windows-1252 or Latin-1. Text that is UTF-8 but for few places (a file
    put together from several, or cut within a letter) is read as UTF-8, those places as Windows-1252.

    Raises
    ------
    Unreadable
        A file that claims UTF-16 or UTF-32 by its first bytes and is not.
    """
    wide = wide_encoding(content[:4])
    if wide:
        try:
            return clean(content.decode(wide)), ()
        except UnicodeDecodeError:
            raise Unreadable(f"the file claims to be {wide} and is not") from None
    for encoding, flags in (
        ("utf-8-sig", ()),
        (_declared(content), ()),
        (_mostly_utf_8(content), _PARTLY),
        ("mac-roman" if _is_mac(content) else "", ("decoded_as_mac_roman",)),
        ("cp1252", ("decoded_as_cp1252",)),
        ("latin-1", ("decoded_as_latin_1",)),
    ):
        try:
            if encoding:
                return clean(content.decode(encoding, _STRAY if flags == _PARTLY else "strict")), flags
        except UnicodeDecodeError:
            continue
    raise Unreadable("the text has no known encoding")


def _declared(content: bytes) -> str:
    """Return the encoding that an XML declaration names, where there is one that is known and not UTF-8."""
    found = _DECLARATION.match(content)
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else ""
    except LookupError:
        return ""
    return "" if name.startswith("utf") or not name.startswith(("cp", "iso8859", "mac", "koi8")) else name


def _mostly_utf_8(content: bytes) -> str:
    """Return ``utf-8-sig`` where a text has more letters in UTF-8 than bytes that are none."""
    bad = content.decode("utf-8", "replace").count("\ufffd") - content.count(b"\xef\xbf\xbd")
    return "utf-8-sig" if len(_MULTIBYTE.findall(content)) > bad else ""


def _is_mac(content: bytes) -> bool:
    """Tell whether bytes that are signs in Windows-1252 stand within words, more often than its letters do."""
    return len(_MAC_LETTER.findall(content)) > len(_WINDOWS_LETTER.findall(content))


def _stray(fault: UnicodeError) -> tuple[str, int]:
    """Decode one byte that is no UTF-8 as Windows-1252, or as Latin-1 where that has no letter."""
    if not isinstance(fault, UnicodeDecodeError):
        raise fault
    byte = fault.object[fault.start : fault.start + 1]
    try:
        return byte.decode("cp1252"), fault.start + 1
    except UnicodeDecodeError:
        return byte.decode("latin-1"), fault.start + 1


codecs.register_error(_STRAY, _stray)


def clean(text: str) -> str:
    """Replace lone surrogates, which no file can hold, by the replacement character."""
    return _SURROGATES.sub("\ufffd", text.removeprefix("\ufeff"))


def collapse(text: str) -> str:
    """Collapse white space of any kind to single spaces; invisible and control characters go.

    A thin or no-break space that divides the thousands of a number becomes a narrow no-break space.
    """
    # Printable text has the plain space as its only white space, and nothing invisible: most text is left as it is.
    if text.isprintable():
        clean_already = "  " not in text and text[:1] != " " and text[-1:] != " "
        return text if clean_already else " ".join(text.split())
    # Translating is slow beyond ASCII: thin and non-breaking spaces need none.
    plain = text.translate(_INVISIBLE) if _TRANSLATED.search(text) else text
    if not _THIN.search(plain):
        return " ".join(plain.split())
    # No NUL is left by now: it holds the place of the spaces that stay.
    kept = _THOUSANDS.sub(lambda found: _THIN.sub("\0", found.group()), plain)
    return " ".join(kept.split()).replace("\0", "\u202f")


def unescape(text: str) -> str:
    """Turn entities that are still escaped in the text (``&amp;lt;`` in the source) into characters."""
    if "&" not in text:
        return text
    return clean(_ENTITY_TEXT.sub(lambda found: html.unescape(found.group()), text))


def xml_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass XML on as UTF-8-compatible chunks in which no named entity is left.

    Named entities of HTML become character references, whether or not there is a DOCTYPE; any other name becomes
    plain text, so an entity that a document defines itself is never expanded, however often it nests.
    """
    kept = b""
    for chunk in _narrow(chunks):
        data = kept + chunk
        cut = data.rfind(b"&", max(0, len(data) - _ENTITY_REACH))
        kept = data[cut:] if cut >= 0 and b";" not in data[cut:] else b""
        data = data[: len(data) - len(kept)]
        if data:
            yield _ENTITY_BYTES.sub(_reference, data) if _OTHER_ENTITY.search(data) else data
    if kept:
        yield kept


def _reference(found: re.Match[bytes]) -> bytes:
    name = found[1].decode("ascii")
    if name in _PREDEFINED:
        return found.group()
    characters = html5.get(f"{name};")
    if characters is None:
        return b"&amp;" + found[1] + b";"
    return "".join(f"&#{ord(character)};" for character in characters).encode("ascii")


def _narrow(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Turn UTF-16 and UTF-32 chunks into UTF-8 ones with a declaration to match; pass others on."""
    decoder: codecs.IncrementalDecoder | None = None
    first = True
    for chunk in chunks:
        if first:
            wide = wide_encoding(chunk[:4])
            decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None
        if decoder is None:
            yield chunk.removeprefix(codecs.BOM_UTF8) if first else chunk
        else:
            text = clean(decoder.decode(chunk))
            if first:
                text = re.sub(r"(<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text, count=1)
            yield text.encode("utf-8")
        first = False
