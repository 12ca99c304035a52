"""Names of columns in tables of citations, in the spellings of databases and reference managers."""

from __future__ import annotations

import re
from typing import Literal

Field = Literal[
    "title",
    "vernacular",
    "abstract",
    "authors",
    "journal",
    "source",
    "place",
    "year",
    "volume",
    "issue",
    "pages",
    "start",
    "end",
    "article",
    "doi",
    "pmid",
    "pmcid",
    "registered",
    "accession",
    "label",
    "database",
    "types",
    "code",
    "keywords",
    "language",
    "url",
    "notes",
]
_SPELLINGS: dict[Field, str] = {
    "title": "title | article title | document title | primary title | title of article | ti | t1"
    " | english title | study title | brief title",
    "vernacular": "original title | original non english title | vernacular title | translated title | original language title",
    "abstract": "abstract | abstract note | article abstract | abstract text | ab | notes abstract | abstracts",
    "authors": "authors | author | author names | author s | first authors | author full names | au | a1 | af"
    " | authors full names | creators | author list",
    "journal": "source title | journal | journal book | publication title | journal name | journal title | so | jf | jo"
    " | container title | periodical | alternate title3 | secondary title | alternate title1 | alternate title2"
    " | publication name | t2 | publication | full journal name | pubtitle | abbreviated source title | journal abbreviation",
    "source": "source",
    "place": "citation | full source | source information | publication details",
    "year": "year | publication year | year of publication | py | y1 | pub year | publication date | date"
    " | date of publication | date published | published year | year published | pubdate",
    "volume": "volume | vol | vl",
    "issue": "issue | issue number | number | is | journal issue",
    "pages": "pages | page | page range | pp | pagination | pg",
    "start": "page start | start page | first page | beginning page | sp | bp | startpage",
    "end": "page end | end page | last page | ending page | ep | endpage",
    "article": "art no | article number | article no | ar",
    "doi": "doi | digital object identifier | doi link | do | di | digitalobjectidentifier | doi url | prism doi",
    "pmid": "pmid | pubmed id | pubmedid | medline pmid | pm | pubmed number | pubmed",
    "pmcid": "pmcid | pmc id | pmc",
    "registered": "clinical trial numbers | clinical trial number | trial registration | nct number | nct id | nct"
    " | registration number | trial registration number | clinical trial registry numbers",
    "accession": "accession number | eid | ut unique wos id | ut | unique wos id | pui | an | central id"
    " | cochrane central id | accession no | embase accession id | embase id | cochrane id | unique id | accession id | storeid",
    "label": "id",
    "database": "database | source database | name of database | db | database name | library catalog",
    "types": "document type | publication type | publication types | type | item type | type of reference | dt | m3"
    " | article type | type of work | reference type | documenttype | articletype",
    "code": "pt",
    "keywords": "keywords | author keywords | index keywords | keyword | manual tags | automatic tags | kw | de | id kw"
    " | keywords plus | mesh terms | mesh | subject headings | emtree drug index terms | emtree medical index terms"
    " | emtree drug index terms major focus | emtree medical index terms major focus",
    "language": "language | language of original document | la | languages | article language | language of article",
    "url": "url | link | urls | ur | source link | embase link | full text link | article url | documenturl",
    "notes": "notes | note | n1 | comments",
}
COLUMNS: dict[str, tuple[Field, int]] = {
    spelling.strip(): (field, rank)
    for field, spellings in _SPELLINGS.items()
    for rank, spelling in enumerate(spellings.split(" | "))
}
"""From a column's name in plain letters to the field, and its place among the names for that field (first: best)."""


def plain_name(name: str) -> str:
    """Return a column's name in lower case, what is no letter or digit as single spaces."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
