"""The built page in Chromium against a real server, on both stores where they matter. A violation of policy or a console error fails it."""

import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import fresh_database
from tests.e2e import node, variant

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True, scope="module")
def browser() -> None:
    """Skips the module where something is missing, unless the run requires browser tests."""
    lack = node.missing()
    if lack is None:
        return
    if "browser" in os.environ.get("PORTICO_REQUIRE", ""):
        pytest.fail(lack)
    pytest.skip(lack)


@pytest.fixture(autouse=True, params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the servers of a scenario keep their data in: a SQLite file in a folder of their own, or a fresh database."""
    if request.param == "sqlite":
        yield
        return
    with fresh_database(request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("PORTICO_SECRET_KEY", b64encode(bytes(range(32))).decode())
        yield


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> variant.Variant:
    """A copy of the product, and a newer build of its page."""
    return variant.make(tmp_path_factory.mktemp("variant"))


@pytest.fixture
def changed(newer: variant.Variant) -> variant.Variant:
    """The copy with the page as it is built here, whatever an earlier test put in its place."""
    shutil.rmtree(newer.static)
    shutil.copytree(node.ROOT / "src" / "portico" / "static", newer.static)
    return newer


def succeeds(scenario: str, evidence: Path, changed: variant.Variant | None = None) -> None:
    more = {"PORTICO_STATIC": str(changed.static), "PORTICO_NEXT": str(changed.next)} if changed else {}
    source = changed.source if changed else node.ROOT / "src"
    result = node.run("run.ts", scenario, evidence=evidence, source=source, more=more)
    assert result.returncode == 0, f"{result.stdout}\npictures: {evidence}"


def test_a_person_sets_up_chats_stops_edits_and_finds_everything_again(tmp_path: Path) -> None:
    succeeds("journey", tmp_path)


def test_the_page_shows_the_whole_answer_after_the_server_was_killed_in_its_middle(tmp_path: Path) -> None:
    succeeds("crash", tmp_path)


def test_two_tabs_stay_in_step_and_a_lost_network_loses_no_text(tmp_path: Path) -> None:
    succeeds("tabs", tmp_path)


def test_half_a_minute_without_a_network_loses_and_doubles_nothing(tmp_path: Path) -> None:
    succeeds("offline", tmp_path)


def test_an_answer_flows_the_view_follows_and_stop_is_at_once(tmp_path: Path) -> None:
    succeeds("stream", tmp_path)


def test_the_arrows_between_versions_move_nothing_but_the_version(tmp_path: Path) -> None:
    succeeds("branches", tmp_path)


def test_whoever_reads_is_left_alone_and_what_was_stopped_stands_still(tmp_path: Path) -> None:
    succeeds("reading", tmp_path)


def test_a_conversation_of_five_thousand_messages_opens_scrolls_and_streams(tmp_path: Path) -> None:
    succeeds("long", tmp_path)


def test_an_administrator_tests_providers_and_manages_users_and_keys(tmp_path: Path) -> None:
    succeeds("settings", tmp_path)


def test_the_keyboard_alone_is_enough(tmp_path: Path) -> None:
    succeeds("access", tmp_path)


def test_every_screen_is_accessible_in_both_themes_and_languages(tmp_path: Path) -> None:
    succeeds("screens", tmp_path)


def test_guests_tokens_images_and_an_ended_session(tmp_path: Path) -> None:
    succeeds("guests", tmp_path)


def test_the_page_works_under_a_path_prefix(tmp_path: Path) -> None:
    succeeds("prefix", tmp_path)


def test_a_message_is_written_with_any_input_method_long_texts_and_files_and_nothing_is_lost(tmp_path: Path) -> None:
    succeeds("composer", tmp_path)


def test_a_shared_conversation_is_read_without_an_account_and_taken_back(tmp_path: Path) -> None:
    succeeds("shares", tmp_path)


def test_the_palette_and_the_keys_do_everything_without_a_mouse(tmp_path: Path) -> None:
    succeeds("palette", tmp_path)


def test_an_at_sign_offers_the_models_where_a_word_begins_and_nowhere_else(tmp_path: Path) -> None:
    succeeds("mentions", tmp_path)


def test_several_models_answer_side_by_side_and_one_goes_on(tmp_path: Path) -> None:
    succeeds("compare", tmp_path)


def test_people_are_invited_by_link_and_managed_in_numbers(tmp_path: Path) -> None:
    succeeds("invitations", tmp_path)


def test_an_answer_is_rendered_with_its_tools_and_no_attack_in_it_runs(tmp_path: Path) -> None:
    succeeds("markdown", tmp_path)


def test_conversations_are_sorted_put_away_chosen_in_numbers_and_found_again(tmp_path: Path) -> None:
    succeeds("organise", tmp_path)


def test_an_account_from_the_first_run_to_every_way_in_that_is_refused(tmp_path: Path) -> None:
    succeeds("account", tmp_path)


def test_the_page_is_installed_shows_itself_offline_and_takes_a_new_version_when_told(changed: variant.Variant, tmp_path: Path) -> None:
    succeeds("pwa", tmp_path, changed)


def test_a_language_needs_only_its_file_and_every_screen_follows_it(changed: variant.Variant, tmp_path: Path) -> None:
    succeeds("languages", tmp_path, changed)


def test_the_look_is_right_from_the_first_paint_on_and_nothing_jumps(tmp_path: Path) -> None:
    succeeds("appearance", tmp_path)


def test_two_devices_and_two_tabs_stay_in_step_and_a_reload_paints_from_the_cache(tmp_path: Path) -> None:
    succeeds("devices", tmp_path)


def test_answers_show_what_they_rest_on_and_failures_offer_ways_on(tmp_path: Path) -> None:
    succeeds("answers", tmp_path)


def test_a_tool_that_writes_waits_for_the_persons_permission(tmp_path: Path) -> None:
    succeeds("approval", tmp_path)
