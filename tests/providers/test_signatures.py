from portico.providers.signatures import ANTHROPIC, GEMINI, details_of, merge_details, sign_details, unpack


def test_a_signature_opens_only_for_its_own_vendor() -> None:
    assert unpack(ANTHROPIC + "abc", ANTHROPIC) == "abc"
    assert unpack(ANTHROPIC + "abc", GEMINI) == ""


def test_pieces_of_one_block_join_and_a_signature_at_the_end_signs_it() -> None:
    details: list[dict[str, object]] = []
    merge_details(details, [{"type": "reasoning.text", "text": "Two", "index": 0}])
    merge_details(
        details, [{"type": "reasoning.text", "text": " plus", "index": 0}, {"type": "reasoning.text", "signature": "s", "index": 0}]
    )
    merge_details(details, [{"type": "reasoning.encrypted", "data": "x", "index": 1}])
    packed = details_of(sign_details(details))
    assert packed == [
        {"type": "reasoning.text", "text": "Two plus", "signature": "s", "index": 0},
        {"type": "reasoning.encrypted", "data": "x", "index": 1},
    ]


def test_thinking_that_nobody_wants_back_is_not_signed() -> None:
    assert sign_details([{"type": "reasoning.text", "text": "Two"}]) == ""
    assert details_of("") == []
