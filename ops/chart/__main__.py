"""Writes what the chart's schema says to the two places where people read it: `python -m ops.chart`."""

from pathlib import Path

from ops.chart.values import SCHEMA, reference_page, values_file

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    (SCHEMA.parent / "values.yaml").write_text(values_file(), encoding="utf-8")
    (ROOT / "docs" / "reference" / "chart.md").write_text(reference_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
