"""Every pod keeps to the Pod Security Standard "restricted" and to what kube-score looks at; what is on by default is on."""

import pytest

from tests.chart import score
from tests.chart.cases import CASES
from tests.chart.rendering import Object, containers, pod_spec, render, title
from tests.chart.test_plain import plain_objects

# One replica is what these values ask for, and without policies or budgets there are none.
ASKED_FOR = {
    "one replica": {"one replica"},
    "sqlite": {"one replica"},
    "sqlite with a claim that exists": {"one replica"},
    "old cluster": set[str](),
    "no policies, no account, no test": {"no network policy for Ingress", "no network policy for Egress", "no disruption budget"},
}


@pytest.mark.parametrize("case", CASES)
def test_every_pod_is_restricted(case: str) -> None:
    assert not [f"{title(item)}: {fault}" for item in render(CASES[case]).objects for fault in score.restricted(item)]


@pytest.mark.parametrize("case", CASES)
def test_kube_score_would_find_nothing(case: str) -> None:
    made = render(CASES[case]).objects
    faults = {f"{title(item)}: {fault}" for item in made for fault in score.workload(item, made)}
    allowed = ASKED_FOR.get(case, set())
    assert not {fault for fault in faults if fault.partition(": ")[2] not in allowed}


@pytest.mark.parametrize("case", CASES)
def test_nothing_points_at_nothing(case: str) -> None:
    assert not list(score.dangling(render(CASES[case]).objects))


def test_the_plain_files_are_restricted_too() -> None:
    assert not [f"{title(item)}: {fault}" for item in plain_objects() for fault in score.restricted(item)]
    assert not list(score.dangling(plain_objects()))


def test_the_checks_can_fail() -> None:
    bad: Object = {
        "kind": "Deployment",
        "metadata": {"name": "bad"},
        "spec": {
            "template": {
                "metadata": {"labels": {"app": "bad"}},
                "spec": {
                    "hostNetwork": True,
                    "volumes": [{"name": "v", "hostPath": {"path": "/"}}],
                    "containers": [{"name": "c", "image": "x"}],
                },
            }
        },
    }
    assert len(list(score.restricted(bad))) >= 5
    assert len(list(score.workload(bad, [bad]))) >= 10
    assert list(score.dangling([{"kind": "Service", "metadata": {"name": "s"}, "spec": {"selector": {"app": "x"}}}]))


def _server(values: dict) -> Object:
    return render(values).one("Deployment", "")


def test_each_probe_asks_another_path() -> None:
    container = _server({})["spec"]["template"]["spec"]["containers"][0]
    paths = [container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")]
    assert paths == ["/startupz", "/livez", "/readyz"]


def test_an_update_takes_no_pod_away_before_another_serves() -> None:
    assert _server({})["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}


@pytest.mark.parametrize("case", ["sqlite", "sqlite with a claim that exists"])
def test_a_volume_for_one_pod_is_freed_before_the_next_pod_starts(case: str) -> None:
    assert _server(CASES[case])["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(
    ("values", "grace_s"), [({}, 270), ({"drainSeconds": 60}, 90), ({"drainSeconds": 5, "preStop": {"seconds": 0}}, 25)]
)
def test_a_pod_gets_the_time_that_it_takes_to_leave(values: dict, grace_s: int) -> None:
    spec = _server(values)["spec"]["template"]["spec"]
    told = {variable["name"]: variable.get("value") for variable in spec["containers"][0]["env"]}
    assert spec["terminationGracePeriodSeconds"] == grace_s
    assert told["PORTICO_DRAIN_SECONDS"] == str(values.get("drainSeconds", 240))


def test_the_pause_before_leaving_needs_no_shell() -> None:
    new, old = (
        _server(values)["spec"]["template"]["spec"]["containers"][0]["lifecycle"]["preStop"] for values in ({}, CASES["old cluster"])
    )
    assert new == {"sleep": {"seconds": 10}}
    assert old == {"exec": {"command": ["python3", "-c", "import time; time.sleep(10)"]}}


@pytest.mark.parametrize("case", CASES)
def test_only_the_job_that_makes_keys_has_a_token(case: str) -> None:
    for item in render(CASES[case]).objects:
        spec = pod_spec(item)
        if spec is not None and spec["automountServiceAccountToken"]:
            assert item["metadata"]["name"].startswith("demo-portico-keys-")
        if item["kind"] == "ServiceAccount":
            assert item["automountServiceAccountToken"] is False


@pytest.mark.parametrize("case", CASES)
def test_what_a_container_mounts_exists_and_what_it_writes_to_is_writable(case: str) -> None:
    for item in render(CASES[case]).objects:
        spec = pod_spec(item)
        for container in containers(spec) if spec else ():
            mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
            claims = {claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])}
            assert set(mounts.values()) <= claims | {volume["name"] for volume in (spec or {})["volumes"]}
            assert "/tmp" in mounts
            assert "/data" in mounts or container["name"] == "postgresql"


def test_a_large_user_id_stays_a_number() -> None:
    spec = pod_spec(_server({"podSecurityContext": {"runAsUser": 1000680000, "runAsGroup": 0}}))
    assert spec is not None
    assert (spec["securityContext"]["runAsUser"], spec["securityContext"]["runAsGroup"]) == (1000680000, 0)


def test_no_user_is_named_where_the_cluster_chooses_it() -> None:
    for item in render(CASES["openshift"]).objects:
        spec = pod_spec(item)
        assert spec is None or not {"runAsUser", "runAsGroup", "fsGroup"} & set(spec["securityContext"])


def test_the_autoscaler_takes_pods_away_slowly() -> None:
    behavior = render({}).one("HorizontalPodAutoscaler", "")["spec"]["behavior"]
    drain_s = _server({})["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] >= 600
    assert behavior["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 300}]
    assert behavior["scaleDown"]["policies"][0]["periodSeconds"] >= drain_s


@pytest.mark.parametrize("case", ["one replica", "sqlite", "fixed size", "keda"])
def test_no_autoscaler_where_it_would_be_wrong(case: str) -> None:
    assert not render(CASES[case]).all("HorizontalPodAutoscaler")


def test_the_autoscalers_most_is_never_below_the_replicas() -> None:
    spec = render(CASES["more replicas than the autoscaler's most"]).one("HorizontalPodAutoscaler", "")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (9, 9)
