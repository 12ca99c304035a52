"""E-utilities: what is sent, what is read from the answers, and which errors are asked again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stand_in.answers import Answer, Asked
from stand_in.factory import Library
from stand_in.in_process import KEY, InProcess

from sonospine.sources.fetching.answers import FetchError, SessionExpired, checked_xml
from sonospine.sources.fetching.eutils import EUtils

QUERY = "pain[tiab]"


def told(*bodies: str | Answer) -> Callable[[Asked, Answer], Answer]:
    """Answer with these, one after the other, and then as the service does."""
    left = list(bodies)

    def spoil(_asked: Asked, answer: Answer) -> Answer:
        if not left:
            return answer
        given = left.pop(0)
        return Answer(given.encode()) if isinstance(given, str) else given

    return spoil


@pytest.fixture
def library() -> Library:
    return Library.seeded(30, seed=3)


def client_of(service: InProcess, folder: Path) -> EUtils:
    return service.client(folder)


def search_xml(inner: str) -> str:
    return f"<eSearchResult>{inner}</eSearchResult>"


def records(content: bytes) -> int:
    return len(checked_xml(content, "PubmedArticleSet"))


def test_a_search_gives_count_ids_and_place_and_its_kept_answer_forgets_the_place(
    library: Library, tmp_path: Path
) -> None:
    answer = client_of(InProcess(library), tmp_path).search("pubmed", QUERY)
    assert answer.count == 30
    assert [int(pmid) for pmid in answer.ids] == sorted(library.hits(), reverse=True)
    assert answer.query_key == "1"
    assert answer.translation == QUERY
    assert answer.webenv.startswith("MCID_")
    assert answer.webenv.encode() not in answer.content
    assert b"<WebEnv></WebEnv>" in answer.content
    again = client_of(InProcess(library), tmp_path).search("pubmed", QUERY)
    assert again.content == answer.content


def test_every_request_is_a_post_that_tells_tool_and_email_and_has_the_key_in_its_body(
    library: Library, tmp_path: Path
) -> None:
    service = InProcess(library)
    client = client_of(service, tmp_path)
    answer = client.search("pubmed", QUERY, retmax=0)
    client.fetch_history("pubmed", answer.webenv, answer.query_key, 0, 2, records)
    client.fetch_ids("pubmed", ["1"], records)
    client.link(["1"])
    assert service.kinds() == ["esearch", "efetch", "efetch", "elink"]
    for asked in service.asked:
        assert (asked.method, asked.key, asked.key_in_address) == ("POST", "right", False)
        assert (asked.first("tool"), asked.first("email")) == ("sonospine", "somebody@example.org")
    keyless = InProcess(library)
    keyless.client(tmp_path, key="").search("pubmed", QUERY)
    assert keyless.asked[0].key == "none"


def test_more_ids_than_the_service_lists_are_not_asked_for(library: Library, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="9999"):
        client_of(InProcess(library), tmp_path).search("pubmed", QUERY, retmax=10_000)


def test_phrases_that_were_not_found_are_warnings_and_no_error(tmp_path: Path) -> None:
    body = search_xml(
        "<Count>0</Count><IdList/><QueryTranslation>x</QueryTranslation><ErrorList><PhraseNotFound>abcXYZ"
        "</PhraseNotFound><FieldNotFound>foo</FieldNotFound></ErrorList><WarningList><QuotedPhraseNotFound>"
        '"a b"</QuotedPhraseNotFound><OutputMessage>No items found.</OutputMessage><OutputMessage>Restrictions '
        "achieved. start and count adjusted to 0, 9999</OutputMessage></WarningList>"
    )
    answer = client_of(InProcess(Library(), spoil=told(body)), tmp_path).search("pubmed", "abcXYZ")
    assert (answer.count, answer.ids) == (0, ())
    assert answer.warnings == (
        "phrase not found: abcXYZ",
        "field not found: foo",
        'quoted phrase not found: "a b"',
        "No items found.",
    )


@pytest.mark.parametrize(
    "faulty",
    [
        search_xml("<ERROR>Search Backend failed: try later</ERROR>"),
        search_xml("<Count>30</Count><QueryKey>1</QueryKey><WebEnv>E</WebEnv><IdList><Id>1</Id></IdList>"),
        search_xml(
            "<Count>2</Count><QueryKey>1</QueryKey><WebEnv>E</WebEnv><IdList><Id>1</Id><Id>1</Id></IdList>"
        ),
        search_xml("<Count>1</Count><IdList><Id>1</Id></IdList>"),
        search_xml("<IdList/>"),
        "<eSearchResult><Count>30</Count>",
        "<html><head><title>Blocked</title></head></html>",
        '{"error":"forwarding"}',
        "<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>",
    ],
)
def test_a_faulty_answer_to_a_search_is_asked_again(faulty: str, library: Library, tmp_path: Path) -> None:
    service = InProcess(library, spoil=told(faulty))
    assert client_of(service, tmp_path).search("pubmed", QUERY).count == 30
    assert len(service.asked) == 2


def test_an_error_of_the_query_is_not_asked_again(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    with pytest.raises(FetchError, match="refuses the query: Empty term"):
        client_of(service, tmp_path).search("pubmed", " ")
    assert len(service.asked) == 1


def test_a_search_that_speaks_of_a_history_for_ever_ends_in_one_clear_error(
    library: Library, tmp_path: Path
) -> None:
    service = InProcess(
        library, spoil=lambda *_: Answer(b"<eSearchResult><ERROR>WebEnv lost</ERROR></eSearchResult>")
    )
    with pytest.raises(FetchError, match=r"search of pubmed.*WebEnv lost"):
        client_of(service, tmp_path).search("pubmed", QUERY)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("Unable to obtain query #1", 200),
        ("Unable to obtain query #1", 400),
        ("Empty history ID list - nothing todo", 200),
    ],
)
def test_a_forgotten_history_is_told_at_once(
    reason: str, status: int, library: Library, tmp_path: Path
) -> None:
    body = f"<eFetchResult><ERROR>{reason}</ERROR></eFetchResult>".encode()
    service = InProcess(library, spoil=lambda *_: Answer(body, status))
    with pytest.raises(SessionExpired):
        client_of(service, tmp_path).fetch_history("pubmed", "E", "1", 0, 10, records)
    assert len(service.asked) == 1


def test_records_are_fetched_by_their_place_and_by_id_in_the_order_asked(
    library: Library, tmp_path: Path
) -> None:
    client = client_of(InProcess(library), tmp_path)
    answer = client.search("pubmed", QUERY)
    by_place, many = client.fetch_history("pubmed", answer.webenv, answer.query_key, 5, 7, records)
    by_id, _ = client.fetch_ids("pubmed", answer.ids[5:12], records)
    assert many == 7
    assert by_place == by_id


def test_a_prefix_of_pmc_ids_is_not_sent(library: Library, tmp_path: Path) -> None:
    service = InProcess(library)
    client_of(service, tmp_path).fetch_ids("pmc", ["PMC12", "34"], lambda content: content)
    assert service.asked[0].first("id") == "12,34"


def test_links_keep_the_pmc_ids_of_each_record_apart(library: Library, tmp_path: Path) -> None:
    articles = list(library.articles.values())
    service = InProcess(library)
    content, links = client_of(service, tmp_path).link([str(a.pmid) for a in articles])
    assert links == {str(a.pmid): (f"PMC{a.pmcid}",) if a.pmcid else () for a in articles}
    assert len(service.asked[0].fields["id"]) == len(articles)
    assert b"LinkSet" in content
    assert any(links.values())


@pytest.mark.parametrize(
    "sets",
    [
        "",
        "<LinkSet><IdList><Id>1</Id></IdList></LinkSet>",
        "<LinkSet><IdList><Id>1</Id><Id>2</Id></IdList></LinkSet>",
        "<LinkSet><IdList><Id>1</Id></IdList></LinkSet>" * 2,
    ],
)
def test_links_that_are_not_one_set_for_each_record_are_asked_again(sets: str, tmp_path: Path) -> None:
    service = InProcess(Library(), spoil=told(f"<eLinkResult>{sets}</eLinkResult>"))
    _, links = client_of(service, tmp_path).link(["1", "2"])
    assert links == {"1": (), "2": ()}
    assert len(service.asked) == 2


def test_the_key_is_in_no_error_and_in_no_answer(library: Library, tmp_path: Path) -> None:
    echo = Answer(f"<eSearchResult><ERROR>bad key {KEY}</ERROR></eSearchResult>".encode())
    with pytest.raises(FetchError) as caught:
        client_of(InProcess(library, spoil=lambda *_: echo), tmp_path).search("pubmed", QUERY)
    assert KEY not in str(caught.value)
