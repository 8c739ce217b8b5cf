"""`portico capacity`."""

import yaml

from tests.cli.conftest import Run
from tests.house import tree


def test_the_figures_come_with_their_reasons(run: Run) -> None:
    ran = run("capacity", "--users", "500")
    assert ran.status == 0
    assert "replicas at the peak" in ran.out
    assert "Why:\n  1. 500 people" in ran.out


def test_it_writes_values_that_the_chart_knows(run: Run) -> None:
    values = yaml.safe_load(run("capacity", "--users", "5000", "--values").out)
    assert values["autoscaling"]["enabled"] is True
    assert values["replicaCount"] < values["autoscaling"]["maxReplicas"]
    known = yaml.safe_load((tree.ROOT / "chart" / "portico" / "values.yaml").read_text(encoding="utf-8"))
    assert values.keys() <= known.keys()
    assert values["autoscaling"].keys() <= known["autoscaling"].keys()


def test_nobody_is_refused(run: Run) -> None:
    ran = run("capacity", "--users", "0")
    assert (ran.status, "at least one user" in ran.err) == (2, True)
