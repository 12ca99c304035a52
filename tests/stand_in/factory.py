"""The library behind the stand-in: seeded articles and studies, whose state a test can change between two runs."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from stand_in.articles import Article
from stand_in.registrations import Trial

TODAY = datetime.date(2026, 11, 20)
FIRST = datetime.date(1996, 1, 1)
BUSY_DAY = datetime.date(2014, 3, 14)
"""The day on which a library with ``same_day`` took in that many records at once."""


class Library:
    """Articles by PMID and studies by NCT number.

    Parameters
    ----------
    seed
        Everything that is made up follows from it.
    today
        The date at which the library stands; what is changed carries it unless another day is given.
    """

    def __init__(self, seed: int = 1, today: datetime.date = TODAY) -> None:
        self.seed = seed
        self.today = today
        self.articles: dict[int, Article] = {}
        self.trials: dict[str, Trial] = {}
        self._rng = random.Random(seed)
        self._last_pmid = 20_000_000
        self._last_pmcid = 3_000_000
        self._last_nct = 1_000_000

    @classmethod
    def seeded(
        cls,
        articles: int,
        *,
        trials: int = 0,
        seed: int = 1,
        same_day: int = 0,
        misses: float = 0.1,
        undated: float = 0.0,
        in_pmc: float = 0.4,
        open_access: float = 0.7,
        with_results: float = 0.3,
        real: Path | None = None,
    ) -> Library:
        """Make a library.

        Parameters
        ----------
        articles, trials
            How many of each the base query finds, real ones included.
        same_day
            How many of the articles were entered on ``BUSY_DAY``.
        misses
            How many more records, as a share, the base query does not find.
        undated
            Share of articles without an entry date.
        in_pmc, open_access
            Share of articles that are in PMC, and of those the share that may be downloaded.
        with_results
            Share of studies with results.
        real
            Folder with ``pubmed-xml/`` and ``ctgov/``, whose records are mixed in.
        """
        made = cls(seed)
        if real is not None:
            made._take_real(real, articles, trials)
        rng = made._rng
        span = (made.today - FIRST).days
        for number in range(articles - len(made.articles)):
            day = BUSY_DAY if number < same_day else FIRST + datetime.timedelta(days=rng.randrange(span))
            made.add(day, undated=rng.random() < undated, in_pmc=in_pmc, open_access=open_access)
        for _ in range(int(articles * misses)):
            made.add(FIRST + datetime.timedelta(days=rng.randrange(span)), hit=False)
        for _ in range(trials - len(made.trials)):
            made.add_trial(with_results=rng.random() < with_results)
        for _ in range(int(trials * misses)):
            made.add_trial(hit=False)
        return made

    def add(
        self,
        day: datetime.date | None = None,
        *,
        hit: bool = True,
        undated: bool = False,
        in_pmc: float = 0.4,
        open_access: float = 0.7,
    ) -> Article:
        """Add an article that was entered on a day, by default today, and return it."""
        rng, day = self._rng, day or self.today
        self._last_pmid = self._free(self._last_pmid + rng.randrange(1, 700))
        drawn = rng.random()
        article = Article(
            pmid=self._last_pmid,
            seed=rng.getrandbits(48),
            hit=hit,
            edat=None if undated else day,
            pdat=day - datetime.timedelta(days=rng.randrange(0, 90)),
            mdat=min(self.today, day + datetime.timedelta(days=rng.randrange(0, 400))),
            kind="book" if drawn < 0.01 else "article",
            nct=f"NCT{rng.randrange(10**8):08}" if 0.01 < drawn < 0.15 else "",
        )
        if article.kind == "article" and rng.random() < in_pmc:
            self._last_pmcid += rng.randrange(1, 50)
            article.pmcid = self._last_pmcid
            article.open_access = rng.random() < open_access
        self.articles[article.pmid] = article
        return article

    def _free(self, pmid: int) -> int:
        while pmid in self.articles:
            pmid += 1
        return pmid

    def add_trial(
        self, *, hit: bool = True, with_results: bool = False, updated: datetime.date | None = None
    ) -> Trial:
        """Add a study and return it; it was updated on a day before today unless one is given."""
        rng = self._rng
        self._last_nct += rng.randrange(1, 900)
        while f"NCT{self._last_nct:08}" in self.trials:
            self._last_nct += 1
        first = self.today - datetime.timedelta(days=rng.randrange(400, 7000))
        trial = Trial(
            nct=f"NCT{self._last_nct:08}",
            seed=rng.getrandbits(48),
            hit=hit,
            updated=updated or first + datetime.timedelta(days=rng.randrange(0, 399)),
            first_posted=first,
            has_results=with_results,
        )
        self.trials[trial.nct] = trial
        return trial

    def hits(self) -> list[int]:
        """Return the PMIDs that the base query finds, ascending."""
        return sorted(a.pmid for a in self.articles.values() if a.hit and not a.deleted)

    def trial_hits(self) -> list[str]:
        """Return the NCT numbers that the base query finds, ascending."""
        return sorted(t.nct for t in self.trials.values() if t.hit and not t.deleted)

    # What happens to records between two runs.

    def revise(self, pmid: int, day: datetime.date | None = None) -> None:
        """Change the content of a record and its date of revision."""
        article = self.articles[pmid]
        article.version += 1
        article.mdat = day or self.today
        if article.real:
            old, new = b"</ArticleTitle>", f" (version {article.version})</ArticleTitle>".encode()
            article.real = article.real.replace(old, new, 1)

    def retract(self, pmid: int, day: datetime.date | None = None, *, notice_hit: bool = False) -> Article:
        """Let a record be retracted by a notice, which is returned."""
        notice = self._notice("RetractionOf", pmid, day, hit=notice_hit)
        self.articles[pmid].retracted_by = notice.pmid
        return notice

    def raise_concern(
        self, pmid: int, day: datetime.date | None = None, *, notice_hit: bool = False
    ) -> Article:
        """Put a record under an expression of concern; the notice is returned."""
        notice = self._notice("ExpressionOfConcernFor", pmid, day, hit=notice_hit)
        self.articles[pmid].concern_in = notice.pmid
        return notice

    def _notice(self, kind: str, pmid: int, day: datetime.date | None, *, hit: bool) -> Article:
        day = day or self.today
        notice = self.add(day, hit=hit, in_pmc=0)
        notice.kind, notice.about, notice.nct, notice.mdat = "notice", (kind, pmid), "", day
        self.articles[pmid].mdat = day
        return notice

    def delete(self, pmid: int) -> None:
        """Let a record be gone: no search finds it, no request gives it."""
        self.articles[pmid].deleted = True

    def unhit(self, pmid: int) -> None:
        """Let the base query no longer find a record that is still there."""
        self.articles[pmid].hit = False

    def open(self, pmid: int) -> None:
        """Let the full text of an article in PMC be open from now on."""
        self.articles[pmid].open_access = True

    def revise_trial(self, nct: str, day: datetime.date | None = None) -> None:
        """Change a study and the date of its last update."""
        trial = self.trials[nct]
        trial.version += 1
        trial.updated = day or self.today

    def delete_trial(self, nct: str) -> None:
        """Let a study be gone."""
        self.trials[nct].deleted = True

    def unhit_trial(self, nct: str) -> None:
        """Let the base query no longer find a study that is still there."""
        self.trials[nct].hit = False

    # Real records.

    def _take_real(self, folder: Path, articles: int, trials: int) -> None:
        for pmid, xml in _real_articles(folder / "pubmed-xml"):
            if len(self.articles) < articles and pmid not in self.articles:
                day = FIRST + datetime.timedelta(days=pmid % 10_000)
                self.articles[pmid] = Article(pmid, pmid, True, day, day, day, kind="real", real=xml)
        for nct, study in _real_studies(folder / "ctgov" / "studies"):
            if len(self.trials) < trials:
                day = FIRST + datetime.timedelta(days=int(nct[3:]) % 10_000)
                self.trials[nct] = Trial(nct, 0, True, day, day, real=study)


def _real_articles(folder: Path) -> Iterator[tuple[int, bytes]]:
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for path in sorted(folder.rglob("*.xml")):
        try:
            root = etree.fromstring(path.read_bytes(), safe)
        except etree.XMLSyntaxError:
            continue
        if root.tag != "PubmedArticleSet":
            continue
        for entry in root.iterchildren("PubmedArticle"):
            pmid = entry.findtext("MedlineCitation/PMID") or ""
            if pmid.isdigit():
                yield int(pmid), etree.tostring(entry, encoding="utf-8", with_tail=False)


def _real_studies(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    for path in sorted(folder.glob("NCT*.json")):
        study = json.loads(path.read_bytes())
        if "protocolSection" in study:
            yield path.stem, study
