"""The stand-in behaves as the services do where the clients rely on it; otherwise the other tests prove nothing."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import etree
from stand_in.factory import TODAY, Library
from stand_in.misbehaviour import FAULTS, Misbehaviour
from stand_in.server import KEY, StandIn

from sonospine.sources.importing import SourcePath, import_sources

QUERY = "(injection[tiab] OR block[mh]) AND pain[tiab] NOT (animals[mh] NOT humans[mh])"
WHO = {"tool": "test", "email": "somebody@example.org"}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.seeded(120, trials=25, seed=5, undated=0.05)


@pytest.fixture
def service(library: Library) -> Iterator[StandIn]:
    with StandIn(library, limits=(1000, 1000)) as running:
        yield running


def entrez(service: StandIn, what: str, **fields: str) -> etree._Element:
    given = {"db": "pubmed", **WHO, **fields}
    answer = httpx.post(f"{service.eutils_address}/{what}.fcgi", data=given)
    assert answer.status_code == 200, answer.text
    return etree.fromstring(answer.content)


def count(service: StandIn, term: str, db: str = "pubmed") -> int:
    return int(entrez(service, "esearch", term=term, retmax="0", db=db).findtext("Count") or "-1")


def test_the_base_query_finds_the_hits_and_joins_with_what_is_understood(
    service: StandIn, library: Library
) -> None:
    hits = library.hits()
    middle = hits[60]
    assert count(service, QUERY) == len(hits) == 120
    assert count(service, f"({QUERY}) AND ({hits[0]}:{middle}[uid])") == 61
    assert count(service, f'({QUERY}) NOT ("{hits[0]}"[uid] : "{middle}"[uid])') == 59
    dated = count(service, f'({QUERY}) AND ("1900/01/01"[edat] : "3000"[edat])')
    undated = count(service, f'({QUERY}) NOT ("1900/01/01"[edat] : "3000"[edat])')
    assert 0 < undated < 30
    assert dated + undated == 120
    assert count(service, f"{hits[3]},{hits[4]}[uid] OR {hits[5]}[uid]") == 3
    assert count(service, '"open access"[filter]', db="pmc") > 0


def test_halves_of_a_range_of_dates_add_up(service: StandIn) -> None:
    whole = count(service, f'({QUERY}) AND ("2001/01/01"[edat] : "2020/12/31"[edat])')
    first = count(service, f'({QUERY}) AND ("2001/01/01"[edat] : "2010/06/30"[edat])')
    second = count(service, f"({QUERY}) AND 2010/07/01:2020[edat]")
    assert whole == first + second > 0


def test_history_gives_the_records_of_the_search_in_its_order(service: StandIn) -> None:
    found = entrez(service, "esearch", term=QUERY, usehistory="y", retmax="20", retstart="5")
    ids = [item.text for item in found.iterfind("IdList/Id")]
    env, key = found.findtext("WebEnv") or "", found.findtext("QueryKey") or ""
    records = entrez(service, "efetch", WebEnv=env, query_key=key, retstart="5", retmax="20")
    assert [r.findtext("*/PMID") for r in records] == ids
    assert len(ids) == 20
    service.eutils.forget_histories()
    gone = httpx.post(
        f"{service.eutils_address}/efetch.fcgi", data={**WHO, "db": "pubmed", "WebEnv": env, "query_key": key}
    )
    assert b"Unable to obtain query" in gone.content


def test_more_than_9999_of_a_search_are_refused() -> None:
    with StandIn(Library.seeded(3), limits=(1000, 1000)) as service:
        assert entrez(service, "esearch", term=QUERY, retmax="9999").find("ERROR") is None
        refused = entrez(service, "esearch", term=QUERY, retmax="9999", retstart="1")
        assert "9999" in (refused.findtext("ERROR") or "")


def test_links_are_one_set_an_id(service: StandIn, library: Library) -> None:
    with_text = [a for a in library.articles.values() if a.pmcid][:2]
    without = next(a for a in library.articles.values() if not a.pmcid)
    fields = [*WHO.items(), ("dbfrom", "pubmed"), ("db", "pmc")]
    fields += [("id", str(a.pmid)) for a in (*with_text, without)]
    answer = httpx.get(f"{service.eutils_address}/elink.fcgi", params=fields)
    sets = etree.fromstring(answer.content).findall("LinkSet")
    assert [s.findtext("LinkSetDb/Link/Id") for s in sets] == [*(str(a.pmcid) for a in with_text), None]


def test_tool_email_key_and_rate_are_demanded(library: Library) -> None:
    with StandIn(library) as service:
        place = f"{service.eutils_address}/esearch.fcgi"
        asked = {"db": "pubmed", "term": QUERY, "retmax": "0"}
        assert httpx.get(place, params=asked).status_code == 400
        wrong = httpx.get(place, params={**asked, **WHO, "api_key": "mistyped"})
        assert (wrong.status_code, "mistyped" in wrong.text) == (400, True)
        with httpx.Client() as client:
            statuses = [
                client.post(place, data={**asked, **WHO, "api_key": KEY}).status_code for _ in range(14)
            ]
            assert statuses.count(429) == 4
            too_many = client.post(place, data={**asked, **WHO, "api_key": KEY})
            assert KEY in too_many.text
        assert service.max_per_second() >= 14
        assert service.noted()[-1].asked.key == "right"
        assert not service.noted()[-1].asked.key_in_address


def test_studies_come_by_pages_with_the_total_on_the_first(service: StandIn, library: Library) -> None:
    place = f"{service.trials_address}/studies"
    asked = {"query.cond": "pain", "pageSize": "10", "countTotal": "true"}
    first = httpx.get(place, params=asked).json()
    assert first["totalCount"] == 25
    second = httpx.get(place, params={**asked, "pageToken": first["nextPageToken"]}).json()
    third = httpx.get(place, params={**asked, "pageToken": second["nextPageToken"]}).json()
    assert "totalCount" not in second
    assert "nextPageToken" not in third
    numbers = [
        s["protocolSection"]["identificationModule"]["nctId"]
        for page in (first, second, third)
        for s in page["studies"]
    ]
    assert sorted(numbers) == library.trial_hits()
    assert httpx.get(place, params={**asked, "pageSize": "1001"}).status_code == 400
    assert httpx.get(place, params={**asked, "colour": "red"}).status_code == 400
    assert httpx.get(f"{place}/NCT99999999").status_code == 404
    assert httpx.get(f"{place}/{numbers[0]}").json()["protocolSection"]


def test_an_update_range_finds_the_studies_revised_since() -> None:
    library = Library.seeded(0, trials=12, seed=3)
    chosen = library.trial_hits()[4]
    library.revise_trial(chosen)
    with StandIn(library) as service:
        since = (TODAY - datetime.timedelta(days=1)).isoformat()
        asked = {"query.cond": "pain", "filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{since},MAX]"}
        found = httpx.get(f"{service.trials_address}/studies", params={**asked, "fields": "NCTId"}).json()
    assert [s["protocolSection"]["identificationModule"]["nctId"] for s in found["studies"]] == [chosen]


@pytest.mark.parametrize("fault", FAULTS)
def test_each_misbehaviour_is_seen_and_ends_after_three_tries(fault: str) -> None:
    library = Library.seeded(30, trials=5, seed=2)
    faults = Misbehaviour([fault], 1.0, only=["efetch"])
    with StandIn(library, limits=(1000, 1000), faults=faults) as service:
        found = entrez(service, "esearch", term=QUERY, usehistory="y", retmax="0")
        fields = {**WHO, "db": "pubmed", "api_key": KEY, "retmax": "30", "retmode": "xml"}
        fields |= {"WebEnv": found.findtext("WebEnv") or "", "query_key": found.findtext("QueryKey") or ""}
        bad = 0
        for number in range(4):
            # Only an answer that never comes is waited for in vain; a good one may be slow on a busy machine.
            patience = 0.3 if fault == "timeout" and number < 3 else 20
            try:
                answer = httpx.post(f"{service.eutils_address}/efetch.fcgi", data=fields, timeout=patience)
                good = answer.status_code == 200 and len(etree.fromstring(answer.content)) == 30
            except (httpx.TransportError, etree.XMLSyntaxError):
                good = False
            bad += not good
            assert good == (number == 3), (fault, number)
        assert bad == 3
        assert [n.fault for n in service.noted("efetch")] == [fault] * 3 + [""]


def test_faults_are_drawn_from_the_seed_at_the_share_given() -> None:
    def drawn(seed: int) -> list[str]:
        library = Library.seeded(200, seed=1)
        with StandIn(
            library, limits=(9999, 9999), faults=Misbehaviour(["500", "empty"], 0.2, seed=seed)
        ) as service:
            with httpx.Client() as client:
                for pmid in library.hits()[:150]:
                    fields = {**WHO, "db": "pubmed", "id": str(pmid)}
                    client.post(f"{service.eutils_address}/efetch.fcgi", data=fields)
            return [n.fault for n in service.noted()]

    first = drawn(1)
    assert first == drawn(1) != drawn(2)
    assert 0.1 < sum(map(bool, first)) / len(first) < 0.3


def test_made_up_records_are_read_whole_by_the_importer(tmp_path: Path) -> None:
    library = Library.seeded(150, trials=20, seed=9)
    notice = library.retract(library.hits()[7])
    with StandIn(library, limits=(1000, 1000)) as service:
        pmids = ",".join(map(str, [*library.hits(), notice.pmid]))
        pmcids = ",".join(str(a.pmcid) for a in library.articles.values() if a.pmcid)
        for name, fields in (("a.xml", {"id": pmids}), ("b.xml", {"id": pmcids, "db": "pmc"})):
            answer = httpx.post(
                f"{service.eutils_address}/efetch.fcgi", data={"db": "pubmed", **WHO, **fields}
            )
            (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
            (tmp_path / "in" / name).write_bytes(answer.content)
        page = httpx.get(f"{service.trials_address}/studies", params={"query.cond": "pain", "pageSize": "50"})
        (tmp_path / "in" / "c.json").write_bytes(page.content)
    in_pmc = sum(1 for a in library.articles.values() if a.pmcid)
    done = import_sources([SourcePath(tmp_path / "in", "files", "in")], tmp_path / "out")
    assert (done.records, done.rejected) == (151 + in_pmc + 20, 0)


def test_25000_records_are_made_within_seconds() -> None:
    started = time.perf_counter()
    library = Library.seeded(25_000, seed=1, same_day=11_000)
    xml = [library.articles[pmid].xml() for pmid in library.hits()[:2000]]
    assert len(set(xml)) == 2000
    assert len(library.hits()) == 25_000
    assert time.perf_counter() - started < 8


def test_real_records_are_mixed_in(real_data: Path) -> None:
    library = Library.seeded(150, trials=30, seed=1, real=real_data)
    real = [a for a in library.articles.values() if a.real]
    assert len(real) > 50
    assert len(library.hits()) == 150
    assert sum(1 for t in library.trials.values() if t.real) > 5
