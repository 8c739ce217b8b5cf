from portico.providers.demo_text import HELP, TOUR, TOUR_REASONING


def test_both_languages_say_that_it_is_a_demo_and_document_the_same_commands() -> None:
    assert "demo model" in TOUR["en"]
    assert "演示模型" in TOUR["zh"]
    commands = {
        language: {line.split("`")[1].split()[0] for line in text.splitlines() if line.startswith("| `")} for language, text in HELP.items()
    }
    assert commands["en"] == commands["zh"]
    assert "/words" in commands["en"]
    assert TOUR_REASONING.keys() == TOUR.keys()
