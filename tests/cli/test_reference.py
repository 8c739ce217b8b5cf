from portico.cli import reference
from portico.errors import PorticoError
from portico.providers.base import ProviderError
from tests.house import tree


def test_every_family_of_errors_is_on_the_page() -> None:
    page = reference.errors_page()
    assert all(f"| `{code}` | {status} |" in page for code, status in [("not_found", 404), ("limit_reached", 429), ("storage_full", 507)])


def test_a_domains_own_code_is_found_without_being_registered() -> None:
    assert "bad_cursor" in {kind.code for kind in reference.error_classes()}


def test_every_code_of_a_provider_is_on_the_page() -> None:
    page = reference.errors_page()
    assert all(f"| `{code}` | {detail} |" in page for code, detail in ProviderError.CODES.items())


def test_a_code_belongs_to_one_class_only() -> None:
    owners: dict[str, set[str]] = {}
    reference.error_classes()
    pending: list[type[PorticoError]] = [PorticoError]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if "code" in vars(kind) and kind.__module__.startswith("portico."):
            owners.setdefault(kind.code, set()).add(f"{kind.__module__}.{kind.__qualname__}")
    assert not {code: kinds for code, kinds in owners.items() if len(kinds) > 1}


def test_every_error_says_what_to_do() -> None:
    assert not [kind.code for kind in reference.error_classes() if not kind.default_detail.endswith(".")]


def test_every_event_of_a_run_is_on_the_page() -> None:
    page = reference.events_page()
    assert (tree.REFERENCE / "cli.md").read_text(encoding="utf-8") == reference.cli_page()
    assert all(f"## {name}\n" in page for name in ("text_delta", "tool_result", "run_finished"))
    assert "| `text` | text | yes |" in page


def test_every_command_is_on_the_page_with_its_arguments() -> None:
    page = reference.cli_page()
    assert all(f"## portico {name}\n" in page for name in ("serve", "db", "user", "doctor"))
    assert "usage: portico docs" in page


def test_the_committed_pages_are_what_the_code_says() -> None:
    assert (tree.REFERENCE / "errors.md").read_text(encoding="utf-8") == reference.errors_page()
    assert (tree.REFERENCE / "events.md").read_text(encoding="utf-8") == reference.events_page()
    assert (tree.REFERENCE / "cli.md").read_text(encoding="utf-8") == reference.cli_page()
