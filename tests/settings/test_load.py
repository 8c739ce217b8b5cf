"""Where a value comes from, and what is said when it cannot be used."""

from pathlib import Path

import pytest

from portico.settings import SettingsError, load

PROVIDER = '[[provider]]\nid = "local"\nbase_url = "http://models:8000/v1"\n'


def configured(folder: Path, text: str, **env: str) -> dict[str, str]:
    file = folder / "portico.toml"
    file.write_text(text, encoding="utf-8")
    return {"PORTICO_CONFIG": str(file), **env}


def faults(env: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(env)
    return list(error.value.lines)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    text = "[server]\nport = 4001\ndrain_s = 5\nallow_http = true\n[access]\ncodes = ['a', 'b']\n"
    settings = load(configured(tmp_path, text, PORT="4000"))
    assert (settings.server.port, settings.server.drain_s, settings.server.allow_http) == (4000, 5, True)
    assert (settings.access.codes, settings.server.bind) == (("a", "b"), "127.0.0.1")


def test_an_empty_value_counts_as_not_set() -> None:
    assert load({"PORTICO_PORT": " ", "PORT": "", "DATABASE_URL": ""}).server.port == 3210


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a secret of enough length\n")
    assert load({"PORTICO_SECRET_KEY_FILE": str(tmp_path / "key")}).secrets.ring == ("a secret of enough length",)
    assert faults({"DATABASE_URL_FILE": str(tmp_path / "none")})[0].startswith("DATABASE_URL_FILE names")


def test_providers_stand_in_the_file(tmp_path: Path) -> None:
    text = PROVIDER + 'kind = "anthropic"\nname = "Ours"\nkeys = ["k1", "k2"]\nmodels = "-all,+a"\nenabled = false\n'
    found = load(configured(tmp_path, text, OPENAI_API_KEY="x")).providers.declared
    assert [(p.id, p.kind, p.name, p.base_url, p.keys, p.enabled) for p in found[1:]] == [
        ("local", "anthropic", "Ours", "http://models:8000/v1", ("k1", "k2"), False)
    ]
    assert found[1].model_list.hide_all


def test_every_fault_is_told_in_one_go_with_name_problem_and_remedy() -> None:
    lines = faults({"PORT": "abc", "DATABASE_URL": "mysql://secret", "PORTICO_LOG_LEVEL": "loud", "ENABLED_GROQ": "x", "GROQ_API_KEY": "k"})
    assert [line.split()[0] for line in lines] == ["PORT", "DATABASE_URL", "PORTICO_LOG_LEVEL", "ENABLED_GROQ"]
    assert lines[0] == 'PORT must be a whole number from 0 to 65535 (it is "abc"); for example PORT=3210.'
    assert "secret" not in lines[1].partition(";")[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[serer]\nport = 1", "[serer] is not known"),
        ("[server]\nprot = 1", "server.prot is not known; did you mean port?"),
        ("server = 1", "[server] must be a table"),
        ("[server", "is not valid TOML"),
        ("[server]\nport = 'x'", "server.port in PORTICO_CONFIG must be"),
        ("provider = 1", "write each provider as [[provider]]"),
        (PROVIDER + "kind = 'x'", "kind must be one of"),
        (PROVIDER + "secret = 'x'", "`secret` is not known"),
        (PROVIDER + PROVIDER, "two providers have the id local"),
        ("[[provider]]\nid = 'A B'\nbase_url = 'http://x'", "id must be a short name"),
        ("[[provider]]\nid = 'a'", "base_url or enabled must be"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in "\n".join(faults(configured(tmp_path, text)))


def test_a_file_that_is_not_there_is_told() -> None:
    assert faults({"PORTICO_CONFIG": "/nowhere.toml"}) == [
        "PORTICO_CONFIG: /nowhere.toml cannot be read (No such file or directory); correct the path or its rights."
    ]


def test_a_name_that_has_no_effect_is_told_with_the_one_that_was_meant() -> None:
    warnings = load({"PORTICO_DRIAN_SECONDS": "5", "ACME_MODEL_LIST": "a", "PORTICO_XYZ": "1"}).warnings
    assert [line.partition(" is not")[0].partition(":")[0] for line in warnings] == [
        "ACME_MODEL_LIST",
        "PORTICO_DRIAN_SECONDS",
        "PORTICO_XYZ",
    ]
    assert "did you mean PORTICO_DRAIN_SECONDS?" in warnings[1]


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    load({"PORTICO_DATA_DIR": str(tmp_path / "data")})
    assert not (tmp_path / "data").exists()
