"""`portico docs`."""

from pathlib import Path

from portico.cli.docs import PAGES
from tests.cli.conftest import Run


def test_a_page_is_printed(run: Run) -> None:
    assert run("docs", "settings").out == PAGES["settings"]()


def test_all_pages_are_written_into_a_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    assert run("docs", str(tmp_path / "pages")).status == 0
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == sorted(f"{name}.md" for name in PAGES)


def test_what_is_neither_is_told(run: Run) -> None:
    ran = run("docs", "nowhere")
    assert ran.status == 1
    assert "neither a page" in ran.err
