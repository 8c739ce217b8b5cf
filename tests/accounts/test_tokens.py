import re

from portico.accounts import tokens


def test_a_session_token_carries_256_bits_and_never_repeats() -> None:
    made = {tokens.new_session_token() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)


def test_an_api_key_begins_with_the_prefix_that_is_shown_later() -> None:
    key, prefix = tokens.new_api_key()
    assert re.fullmatch(r"pk_[0-9a-f]{8}", prefix)
    assert key.startswith(prefix + "_")
    assert len(key) == len(prefix) + 1 + 43


def test_a_setup_token_may_be_typed_in_any_case_without_its_hyphens() -> None:
    token = tokens.new_setup_token()
    assert re.fullmatch(r"([A-Z2-7]{4}-){4}[A-Z2-7]{4}", token)
    assert tokens.hash_setup_token(token) == tokens.hash_setup_token(f" {token.lower().replace('-', ' ')} ")


def test_what_is_stored_is_not_the_token() -> None:
    assert tokens.hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_an_access_code_is_compared_whole() -> None:
    assert tokens.same_code("beta", ("alpha", "beta"))
    assert not tokens.same_code("bet", ("alpha", "beta"))
    assert not tokens.same_code("", ())
