from portico.providers.counting import estimate_tokens


def test_four_letters_are_a_token_and_chinese_characters_three_quarters() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("a") == 1
    assert estimate_tokens("abcdefgh") == 2
    assert estimate_tokens("你好世界") == 3
    assert estimate_tokens("你好世界abcd") == 4
