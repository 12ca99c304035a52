"""Credentials: where they come from, and that the key shows nowhere."""

from __future__ import annotations

import copy
import pickle
import traceback
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.config.searching import Search
from sonospine.model.errors import InputError
from sonospine.sources.fetching.credentials import (
    Credentials,
    Secret,
    credentials,
    masked,
    masked_bytes,
)

KEY = "0123456789abcdef0123456789abcdef0123"
KEYS = st.text("0123456789abcdefABCDEF_-", min_size=8, max_size=40)


def test_the_address_of_the_configuration_wins_over_the_environment() -> None:
    told = credentials(Search(email="a@example.org"), {"NCBI_EMAIL": "b@example.org"})
    assert (told.tool, told.email, bool(told.api_key)) == ("sonospine", "a@example.org", False)
    assert credentials(Search(), {"NCBI_EMAIL": " b@example.org "}).email == "b@example.org"


def test_without_an_address_both_places_for_it_are_named() -> None:
    with pytest.raises(InputError, match=r"search\.email.*NCBI_EMAIL"):
        credentials(Search(), {})


@pytest.mark.parametrize(
    "email", ["nobody", "a@b", "a b@example.org", "a@example.org\r\nX: y", "ü@example.org"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InputError, match="not an address"):
        credentials(Search(), {"NCBI_EMAIL": email})


def test_the_key_comes_from_the_environment_and_is_given_away_on_demand_only() -> None:
    told = credentials(Search(email="a@example.org"), {"NCBI_API_KEY": f" {KEY}\n"})
    assert told.api_key.reveal() == KEY
    assert KEY not in repr(told) + str(told) + f"{told.api_key}{told.api_key!r}{told.api_key:>50}"


@pytest.mark.parametrize("key", ["short", KEY + " x", KEY + "&a=b", "ключключключ", KEY + "\nX: y"])
def test_a_key_with_other_characters_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(InputError, match="NCBI_API_KEY") as caught:
        credentials(Search(email="a@example.org"), {"NCBI_API_KEY": key})
    assert key not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(Credentials("t", "a@example.org", Secret(KEY)), protocol=protocol)


def test_a_secret_is_copied_compared_and_hashed_without_showing() -> None:
    secret = Secret(KEY)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret
    assert secret == Secret(KEY) != Secret("another")
    assert secret != KEY
    assert hash(secret) == hash(Secret("another"))
    assert not hasattr(secret, "__dict__")


def test_a_secret_is_not_in_the_traceback_of_an_error_about_it() -> None:
    try:
        raise ValueError(Secret(KEY), f"{Secret(KEY)}")
    except ValueError:
        assert KEY not in traceback.format_exc()


@given(KEYS, st.text(max_size=30), st.text(max_size=30))
def test_a_masked_text_holds_the_key_in_no_form(key: str, before: str, after: str) -> None:
    forms = [
        key,
        key.upper(),
        urllib.parse.quote(key),
        "".join(f"%{ord(c):02X}" for c in key),
        "".join(f"&#{ord(c)};" for c in key),
        "".join(f"&#x{ord(c):x};" for c in key),
        "".join(f"\\u{ord(c):04x}" for c in key),
        key[: max(8, len(key) // 2)],
    ]
    for form in forms:
        text = masked(f"{before}{form}{after}", Secret(key))
        assert form not in text
        assert "***" in text


def test_a_text_without_the_key_stays_as_it_is_and_no_key_masks_nothing() -> None:
    assert masked("PubMed: 0123456 found", Secret(KEY)) == "PubMed: 0123456 found"
    assert masked("any text", Secret()) == "any text"


def test_an_answer_that_echoes_the_key_is_kept_without_it() -> None:
    assert masked_bytes(f"<a>{KEY}</a>".encode(), Secret(KEY)) == b"<a>***</a>"
    assert masked_bytes(b"<a>1</a>", Secret()) == b"<a>1</a>"
