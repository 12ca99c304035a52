"""JATS of made-up full texts: open ones with body and licence, closed ones with front matter only."""

from __future__ import annotations

import random
from xml.sax.saxutils import escape

from stand_in import wording
from stand_in.articles import Article

_CLOSED = "<!--The publisher of this article does not allow downloading of the full text in XML form.-->"
LICENCES = (
    "https://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org/licenses/by-nc/4.0/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
)


def full_text(entry: Article) -> bytes:
    """Return the JATS of an article that is in PMC."""
    rng = random.Random(entry.seed)
    title = escape(wording.title(rng))
    parts = wording.abstract(rng)
    people = "".join(
        f'<contrib contrib-type="author"><name><surname>{escape(last)}</surname><given-names>{escape(first)}'
        "</given-names></name></contrib>"
        for last, first in wording.people(rng)
    )
    journal = rng.choice(wording.JOURNALS)
    licence = (
        f'<license xlink:href="{rng.choice(LICENCES)}"><license-p>This is an open access article.</license-p></license>'
        if entry.open_access
        else ""
    )
    abstract = "".join(
        f"<sec><title>{label.title()}</title><p>{escape(text)}</p></sec>" for label, text in parts
    )
    version = f" (version {entry.version})" if entry.version > 1 else ""
    front = (
        f"<front><journal-meta><journal-title-group><journal-title>{escape(journal[0])}</journal-title>"
        f'</journal-title-group><issn pub-type="epub">{journal[2]}</issn></journal-meta><article-meta>'
        f'<article-id pub-id-type="pmid">{entry.pmid}</article-id><article-id pub-id-type="pmcid">PMC{entry.pmcid}'
        f'</article-id><article-id pub-id-type="doi">{entry.doi}</article-id><title-group><article-title>{title}'
        f"{version}</article-title></title-group><contrib-group>{people}</contrib-group>"
        f'<pub-date pub-type="epub"><day>{entry.pdat.day}</day><month>{entry.pdat.month}</month><year>'
        f"{entry.pdat.year}</year></pub-date><permissions><copyright-year>{entry.pdat.year}</copyright-year>{licence}"
        f"</permissions><abstract>{abstract}</abstract></article-meta></front>"
    )
    attributes = 'xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article" xml:lang="en"'
    if not entry.open_access:
        return f"<article {attributes}>{_CLOSED}{front}</article>".encode()
    return f"<article {attributes}>{front}<body>{_body(rng, parts)}</body></article>".encode()


def _body(rng: random.Random, parts: list[tuple[str, str]]) -> str:
    rows = "".join(
        f"<tr><td>{when}</td><td>{rng.uniform(2, 8):.1f} ± {rng.uniform(0.5, 2):.1f}</td>"
        f"<td>{rng.uniform(2, 8):.1f} ± {rng.uniform(0.5, 2):.1f}</td></tr>"
        for when in ("Baseline", "4 weeks", "12 weeks")
    )
    table = (
        '<table-wrap id="T1"><label>Table 1</label><caption><p>Pain (numeric rating scale, 0-10), mean ± SD</p></caption>'
        "<table><thead><tr><th>Time</th><th>Ultrasound</th><th>Control</th></tr></thead><tbody>"
        f"{rows}</tbody></table></table-wrap>"
    )
    return (
        f'<sec sec-type="intro"><title>Introduction</title><p>{escape(parts[0][1])}</p></sec>'
        f'<sec sec-type="methods"><title>Methods</title><p>{escape(parts[1][1])}</p></sec>'
        f'<sec sec-type="results"><title>Results</title><p>{escape(parts[2][1])}</p>{table}</sec>'
        f"<sec><title>Discussion</title><p>{escape(parts[3][1])}</p></sec>"
    )
