"""What the values become: settings that exist, secrets that stay secrets, keys that are made once."""

import base64
import re

import pytest

from portico.settings.reference import settings_page
from tests.chart.cases import CASES, LOBECHAT
from tests.chart.rendering import Object, RefusedValues, Rendered, check, containers, pod_spec, pods_of, render
from tests.house import tree

PAGE = settings_page()
KNOWN = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", PAGE))
SECRETS = {
    name for line in PAGE.splitlines() if "(secret)" in line for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", line.partition(" | ")[0])
}
VENDOR = re.compile(r"[A-Z0-9_]+_(API_KEY|PROXY_URL|MODEL_LIST)")


def _exists(name: str) -> bool:
    vendor = VENDOR.fullmatch(name)
    own = name.removesuffix("_FILE")
    in_code = name == "POD_IP" and 'environ.get("POD_IP")' in (tree.SOURCE / "wiring.py").read_text(encoding="utf-8")
    return own in KNOWN or in_code or (vendor is not None and name.removesuffix("_" + vendor[1]) in KNOWN)


def _names(made: Rendered) -> set[str]:
    """Every name of a setting that reaches a container of Portico."""
    found: set[str] = set()
    for item in made.objects:
        spec = pod_spec(item)
        for container in containers(spec) if spec else ():
            if container["name"] != "postgresql":
                found |= {variable["name"] for variable in container["env"]}
        if item["metadata"]["name"] == "demo-portico" and item["kind"] in {"ConfigMap", "Secret"}:
            found |= set(item.get("data") or item["stringData"])
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_setting_that_is_set_exists(case: str) -> None:
    assert not {name for name in _names(render(CASES[case])) if not _exists(name)}


@pytest.mark.parametrize("case", CASES)
def test_no_secret_is_in_a_config_map(case: str) -> None:
    made = render(CASES[case])
    hidden = {value for item in made.all("Secret") for value in item["stringData"].values()}
    shown = str([item.get("data") for item in made.all("ConfigMap")])
    assert not [value for value in hidden if value in shown]
    assert not SECRETS & set(made.one("ConfigMap", "")["data"])


@pytest.mark.parametrize("case", CASES)
def test_no_secret_is_in_a_pod(case: str) -> None:
    made = render(CASES[case])
    pods = str([pod_spec(item) for item in made.objects])
    assert not [value for item in made.all("Secret") for value in item["stringData"].values() if value in pods]


def test_the_names_of_all_secrets_are_refused_among_the_settings() -> None:
    assert len(SECRETS) > 8
    for name in SECRETS | {"OPENAI_API_KEY", "S3_SECRET_ACCESS_KEY", "AUTH_SECRET", "SMTP_PASS"}:
        with pytest.raises(RefusedValues):
            check({"config": {"env": {name: "0123456789abcdef0123456789abcdef"}}})


def test_numbers_stay_as_they_were_written() -> None:
    data = render(CASES["settings"]).one("ConfigMap", "")["data"]
    assert (data["PORTICO_LEASE_MS"], data["PORTICO_DEMO"], data["PORTICO_MAX_STREAMS"]) == ("10000000", "false", "300")


def test_a_setting_that_is_named_wins_over_the_value_of_the_same_meaning() -> None:
    values = {
        "config": {"logLevel": "info", "env": {"PORTICO_LOG_LEVEL": "debug"}},
        "secrets": {"openaiApiKey": "a", "env": {"OPENAI_API_KEY": "b"}},
    }
    made = render(values)
    assert made.one("ConfigMap", "")["data"]["PORTICO_LOG_LEVEL"] == "debug"
    assert made.one("Secret", "")["stringData"] == {"OPENAI_API_KEY": "b"}
    assert made.files["portico/templates/configmap.yaml"].count("PORTICO_LOG_LEVEL") == 1


# The operators' file, and where the address comes from


def test_the_values_of_a_lobechat_give_three_replicas_behind_their_ingress() -> None:
    made = render(LOBECHAT)
    ingress = made.one("Ingress", "")["spec"]
    assert made.one("HorizontalPodAutoscaler", "")["spec"]["minReplicas"] == 3
    assert ingress["tls"] == [{"secretName": "lobe-tls-cert", "hosts": ["chat.corp.com"]}]
    assert [rule["host"] for rule in ingress["rules"]] == ["chat.corp.com"]
    assert made.one("ConfigMap", "")["data"]["OPENAI_PROXY_URL"] == "https://api.openai.com"
    assert made.one("ConfigMap", "")["data"]["APP_URL"] == "https://chat.corp.com"
    assert made.one("Secret", "")["stringData"] == {"OPENAI_API_KEY": "YOUR_KEY_HERE"}
    assert made.one("StatefulSet", "-postgresql")


def test_an_image_that_cannot_run_here_is_not_run_and_the_notes_say_so() -> None:
    made = render(LOBECHAT)
    images = {container["image"] for item in made.objects if (spec := pod_spec(item)) for container in containers(spec)}
    assert images == {"portico:0.1.0", "postgres:17.6"}
    assert "lobehub/lobe-chat, which cannot run here" in made.notes
    assert "YOUR_KEY_HERE" in made.notes


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({}, "portico:0.1.0"), ({"tag": "1.2"}, "portico:1.2"), ({"registry": "r.example.org/team/"}, "r.example.org/team/portico:0.1.0"),
        ({"repository": "r/portico", "digest": "sha256:" + "b" * 64}, "r/portico@sha256:" + "b" * 64),
        ({"repository": "docker.io/lobehub/lobe-chat-database", "tag": "latest", "registry": "r"}, "r/portico:0.1.0"),
    ],
)  # fmt: skip
def test_the_name_of_the_image(image: dict[str, str], expected: str) -> None:
    assert render({"image": image}).one("Deployment", "")["spec"]["template"]["spec"]["containers"][0]["image"] == expected


@pytest.mark.parametrize(
    ("case", "address", "hops"),
    [
        ("nothing", None, "0"), ("ingress with cert-manager", "https://chat.example.org", "1"), ("ingress without TLS", None, "1"),
        ("route of another's gateway", "https://chat.example.org", "1"), ("route with a gateway", None, "1"),
    ],
)  # fmt: skip
def test_the_own_address_is_made_from_the_only_host(case: str, address: str | None, hops: str) -> None:
    data = render(CASES[case]).one("ConfigMap", "")["data"]
    assert (data.get("APP_URL"), data["PORTICO_TRUSTED_HOPS"]) == (address, hops)


def test_an_address_that_is_given_wins() -> None:
    assert "APP_URL" not in render(CASES["settings"]).one("ConfigMap", "")["data"]


def test_cert_manager_is_asked_by_annotation() -> None:
    assert render(CASES["ingress with cert-manager"]).one("Ingress", "")["metadata"]["annotations"] == {
        "cert-manager.io/cluster-issuer": "letsencrypt-prod"
    }
    assert render(CASES["route with a gateway"]).one("Gateway", "")["metadata"]["annotations"] == {"cert-manager.io/issuer": "ca"}


# Keys


def _secret_volumes(item: Object) -> dict[str, str]:
    return {volume["name"]: volume["secret"]["secretName"] for volume in pods_of(item)["volumes"] if "secret" in volume}


@pytest.mark.parametrize("case", [name for name in CASES if name not in {"lobechat's own maps", "own keys"} and "sqlite" not in name])
def test_keys_are_made_by_a_job_that_can_only_create(case: str) -> None:
    made = render(CASES[case])
    role = made.one("Role", "-keys") if made.all("Role") else None
    if role is None:
        assert case == "external database by address"  # whose values hold the key
        return
    assert role["rules"] == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}]
    assert made.one("RoleBinding", "-keys")["subjects"] == [{"kind": "ServiceAccount", "name": "demo-portico-keys", "namespace": "chat"}]
    assert not made.all("ClusterRole")


@pytest.mark.parametrize("case", CASES)
def test_a_job_does_not_wait_for_what_it_makes(case: str) -> None:
    for job in (item for item in render(CASES[case]).all("Job") if "-keys-" in item["metadata"]["name"]):
        assert "demo-portico-keys" not in _secret_volumes(job).values()


def test_no_key_is_made_where_one_is_named() -> None:
    for case in ("own keys", "lobechat's own maps", "sqlite", "external database by address"):
        made = render(CASES[case])
        assert not [item for item in made.all("Job") if "-keys-" in item["metadata"]["name"]]
        assert not made.all("Role")


def test_the_migration_waits_for_the_key_too() -> None:
    assert _secret_volumes(render(CASES["external database by secret"]).job("migrate"))["key"] == "demo-portico-keys"


def test_a_key_is_not_made_over_somebody_elses_data() -> None:
    def command(case: str) -> list[str]:
        words: list[str] = pods_of(render(CASES[case]).job("keys"))["containers"][0]["command"]
        return words

    assert "--check-database" in command("external database by secret")
    assert "--check-database" in command("cnpg")
    assert "--check-database" not in command("nothing")  # the password in the same Secret opens no older database
    assert "--database-host=demo-portico-postgresql" in command("nothing")


def test_secrets_that_exist_are_used_by_reference() -> None:
    made = render(CASES["own keys"])
    assert _secret_volumes(made.one("Deployment", "")) == {"key": "key", "database": "pg"}
    assert _secret_volumes(made.one("StatefulSet", "-postgresql")) == {"password": "pg"}
    own = render(CASES["lobechat's own maps"]).one("Deployment", "")
    sources = [next(iter(source.values()))["name"] for source in pods_of(own)["containers"][0]["envFrom"]]
    assert sources == ["demo-portico", "lobe-config", "lobe-secrets"]


def test_only_pods_that_keep_files_hold_the_access_key_of_the_bucket() -> None:
    made = render(CASES["files in a bucket"])
    holders = {item["kind"] for item in made.objects if pod_spec(item) is not None and "s3" in _secret_volumes(item)}
    assert holders == {"Deployment"}


def test_a_value_is_not_encoded_twice() -> None:
    text = render(CASES["settings"]).one("Secret", "")["stringData"]["PORTICO_ADMIN_PASSWORD"]
    assert text == "correct horse battery"
    assert text != base64.b64encode(text.encode()).decode()
