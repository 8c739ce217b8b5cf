from portico.providers.base import ProviderError


def test_every_code_has_a_sentence_that_ends() -> None:
    assert all(sentence.endswith(".") for sentence in ProviderError.CODES.values())


def test_an_error_carries_its_code_its_sentence_and_the_providers_words() -> None:
    error = ProviderError("provider_auth", "bad key", retry_after_s=3)
    assert (error.code, error.detail, error.message, error.retry_after_s) == (
        "provider_auth",
        ProviderError.CODES["provider_auth"],
        "bad key",
        3,
    )
    assert error.extra == {"provider_message": "bad key"}
