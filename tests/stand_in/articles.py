"""PubMed XML of made-up articles, notices and books, written anew at each request: nothing of it is stored."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from stand_in import wording

_DATABANK = (
    '<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>'
    "<AccessionNumber>{}</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
)


@dataclass
class Article:
    """What is known of an article beside its seed; what is not given here is drawn from it."""

    pmid: int
    seed: int
    hit: bool
    edat: datetime.date | None
    pdat: datetime.date
    mdat: datetime.date
    kind: str = "article"
    """``article``, ``book`` or ``notice``."""
    pmcid: int = 0
    open_access: bool = False
    nct: str = ""
    version: int = 1
    deleted: bool = False
    retracted_by: int = 0
    concern_in: int = 0
    about: tuple[str, int] | None = None
    """Of a notice: the kind of link and the PMID it is about."""
    real: bytes = field(default=b"", repr=False)
    """XML of a real record; empty: it is made up."""

    @property
    def doi(self) -> str:
        return f"10.5555/standin.{self.seed % 97}.{self.pmid}"

    def xml(self) -> bytes:
        """Return the entry of this article in a set of PubMed."""
        if self.real:
            return self.real
        if self.kind == "book":
            return _book(self).encode()
        return _article(self).encode()


def _day(tag: str, day: datetime.date, inner: str = "") -> str:
    return (
        f"<{tag}{inner}><Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day></{tag}>"
    )


def _inline(rng: random.Random, text: str) -> str:
    """Return a text as PubMed writes it: escaped, now and then with inline markup or an entity by number."""
    shown = escape(text)
    shown = shown.replace("p &lt; ", "<i>p</i> &lt; ").replace("p = ", "<i>p</i> = ")
    if rng.random() < 0.3:
        shown = shown.replace("±", "&#xb1;")
    if rng.random() < 0.1:
        shown = shown.replace("Ultrasound", "<b>Ultrasound</b>").replace(" useful", "<sup>*</sup> useful")
    return shown


def _abstract(rng: random.Random) -> str:
    parts = wording.abstract(rng)
    style = rng.random()
    if style < 0.08:
        return ""
    if style < 0.35:
        inner = f"<AbstractText>{_inline(rng, ' '.join(text for _, text in parts))}</AbstractText>"
    else:
        inner = "".join(
            f'<AbstractText Label="{label}" NlmCategory="{label}">{_inline(rng, text)}</AbstractText>'
            for label, text in parts
        )
    if rng.random() < 0.2:
        inner += f"<CopyrightInformation>© {rng.randrange(2001, 2026)} The Authors.</CopyrightInformation>"
    return f"<Abstract>{inner}</Abstract>"


def _authors(rng: random.Random) -> str:
    people = "".join(
        f'<Author ValidYN="Y"><LastName>{escape(last)}</LastName><ForeName>{escape(first)}</ForeName>'
        f"<Initials>{escape(first[0])}</Initials></Author>"
        for last, first in wording.people(rng)
    )
    return f'<AuthorList CompleteYN="Y">{people}</AuthorList>'


def _types(entry: Article, rng: random.Random) -> str:
    types = [("D016428", "Journal Article")]
    drawn = rng.random()
    if entry.kind == "notice" and entry.about is not None:
        retraction = entry.about[0] == "RetractionOf"
        types = [
            ("D016440", "Retraction of Publication")
            if retraction
            else ("D000075742", "Expression of Concern")
        ]
    elif drawn < 0.4:
        types.append(("D016449", "Randomized Controlled Trial"))
    elif drawn < 0.5:
        types.append(("D016454", "Review"))
    elif drawn < 0.6:
        types.append(("D002363", "Case Reports"))
    if entry.retracted_by:
        types.append(("D016441", "Retracted Publication"))
    inner = "".join(f'<PublicationType UI="{ui}">{name}</PublicationType>' for ui, name in types)
    return f"<PublicationTypeList>{inner}</PublicationTypeList>"


def _links(entry: Article) -> str:
    links = []
    if entry.retracted_by:
        links.append(("RetractionIn", entry.retracted_by))
    if entry.concern_in:
        links.append(("ExpressionOfConcernIn", entry.concern_in))
    if entry.about is not None:
        links.append(entry.about)
    inner = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>Ann Madeup Pain. 2026;1:1</RefSource>'
        f'<PMID Version="1">{pmid}</PMID></CommentsCorrections>'
        for kind, pmid in links
    )
    return f"<CommentsCorrectionsList>{inner}</CommentsCorrectionsList>" if inner else ""


def _article(entry: Article) -> str:
    rng = random.Random(entry.seed)
    title, language = wording.title(rng), rng.choice(wording.LANGUAGES)
    weeks = wording.weeks(rng)
    if entry.kind == "notice" and entry.about is not None:
        named = "Retraction" if entry.about[0] == "RetractionOf" else "Expression of Concern"
        title, language = f"{named}: {wording.title(random.Random(entry.about[1]))}", "eng"
    vernacular = ""
    if language != "eng":
        title = f"[{title}]"
        vernacular = (
            f"<VernacularTitle>{escape(wording.VERNACULAR[language].format(weeks=weeks))}</VernacularTitle>"
        )
    journal, short, issn = rng.choice(wording.JOURNALS)
    volume, page = rng.randrange(1, 90), rng.randrange(1, 900)
    if entry.version > 1:
        title += f" (version {entry.version})"
    nct = _DATABANK.format(entry.nct) if entry.nct else ""
    mesh = "".join(
        f'<MeshHeading><DescriptorName UI="D{rng.randrange(10**6):06}" MajorTopicYN="N">{name}</DescriptorName></MeshHeading>'
        for name in rng.sample(
            ("Humans", "Male", "Female", "Adult", "Aged", "Pain Measurement", "Nerve Block"), 3
        )
    )
    history = "".join(
        _day("PubMedPubDate", day, f' PubStatus="{status}"')
        for status, day in (("entrez", entry.edat), ("pubmed", entry.edat), ("medline", entry.mdat))
        if day is not None
    )
    ids = (
        f'<ArticleId IdType="pubmed">{entry.pmid}</ArticleId><ArticleId IdType="doi">{entry.doi}</ArticleId>'
    )
    if entry.pmcid:
        ids += f'<ArticleId IdType="pmc">PMC{entry.pmcid}</ArticleId>'
    return (
        '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM" IndexingMethod="Automated">'
        f'<PMID Version="1">{entry.pmid}</PMID>{_day("DateRevised", entry.mdat)}<Article PubModel="Print-Electronic">'
        f'<Journal><ISSN IssnType="Electronic">{issn}</ISSN><JournalIssue CitedMedium="Internet"><Volume>{volume}'
        f"</Volume><Issue>{rng.randrange(1, 13)}</Issue><PubDate><Year>{entry.pdat.year}</Year><Month>"
        f"{entry.pdat:%b}</Month></PubDate></JournalIssue><Title>{escape(journal)}</Title><ISOAbbreviation>"
        f"{escape(short)}</ISOAbbreviation></Journal><ArticleTitle>{_inline(rng, title)}</ArticleTitle><Pagination>"
        f"<StartPage>{page}</StartPage><MedlinePgn>{page}-{page + rng.randrange(1, 15)}</MedlinePgn></Pagination>"
        f'<ELocationID EIdType="doi" ValidYN="Y">{entry.doi}</ELocationID>{_abstract(rng)}{_authors(rng)}'
        f"<Language>{language}</Language>{nct}{_types(entry, rng)}{vernacular}</Article><MedlineJournalInfo>"
        f"<MedlineTA>{escape(short)}</MedlineTA><NlmUniqueID>1{rng.randrange(10**7):07}</NlmUniqueID>"
        f"</MedlineJournalInfo>{_links(entry)}<MeshHeadingList>{mesh}</MeshHeadingList></MedlineCitation><PubmedData>"
        f"<History>{history}</History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>{ids}"
        "</ArticleIdList></PubmedData></PubmedArticle>"
    )


def _book(entry: Article) -> str:
    rng = random.Random(entry.seed)
    changed = f" (version {entry.version})" if entry.version > 1 else ""
    return (
        f'<PubmedBookArticle><BookDocument><PMID Version="1">{entry.pmid}</PMID><ArticleIdList>'
        f'<ArticleId IdType="bookaccession">NBK{entry.pmid % 10**6}</ArticleId></ArticleIdList><Book><Publisher>'
        "<PublisherName>Invented Press</PublisherName></Publisher><BookTitle>Sonography of the Spine, Imagined"
        f"</BookTitle><PubDate><Year>{entry.pdat.year}</Year></PubDate></Book><ArticleTitle>"
        f"{_inline(rng, wording.title(rng))}{changed}</ArticleTitle><Language>eng</Language>{_authors(rng)}"
        f"{_abstract(rng)}{_day('DateRevised', entry.mdat)}</BookDocument><PubmedBookData><ArticleIdList>"
        f'<ArticleId IdType="pubmed">{entry.pmid}</ArticleId></ArticleIdList></PubmedBookData></PubmedBookArticle>'
    )
