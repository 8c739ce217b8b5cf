"""The generated page of the settings."""

from portico.settings.load import declared_settings
from portico.settings.models import SECTIONS
from portico.settings.reference import settings_page
from portico.settings.vendors import VENDORS


def test_every_setting_stands_on_the_page_with_all_its_names_and_a_meaning() -> None:
    page = settings_page()
    for section, kind in SECTIONS.items():
        for field, declared in declared_settings(kind):
            row = next(line for line in page.splitlines() if f"| `{section}.{field}` |" in line)
            assert all(f"`{name}`" in row for name in declared.names)
            assert declared.text.endswith(".")
            assert declared.text in row


def test_every_vendor_stands_on_the_page() -> None:
    page = settings_page()
    assert all(f"| `{vendor.prefix}` | {vendor.name} |" in page for vendor in VENDORS)


def test_no_two_settings_share_a_name() -> None:
    all_names = [name for kind in SECTIONS.values() for _, declared in declared_settings(kind) for name in declared.names]
    assert len(all_names) == len(set(all_names))


def test_every_limit_gives_its_reason() -> None:
    limits = dict(declared_settings(SECTIONS["limits"]))
    assert [name for name, declared in limits.items() if not declared.why] == []
