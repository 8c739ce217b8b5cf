"""What kube-score looks at by default and Kubernetes' Pod Security Standard "restricted" demands, as functions that yield faults."""

import re
from collections.abc import Iterator

from tests.chart.rendering import Object, containers, pod_spec, pod_template, title

ALLOWED_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector, with labels and expressions, takes these labels."""
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for rule in selector.get("matchExpressions", []):
        held = labels.get(rule["key"]) in rule.get("values", [])
        if held != (rule["operator"] == "In"):
            return False
    return True


def restricted(item: Object) -> Iterator[str]:
    """Yield what the level "restricted" refuses."""
    spec = pod_spec(item)
    if spec is None:
        return
    pod = spec.get("securityContext", {})
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"{field} is used"
    if pod.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "no seccomp profile"
    for volume in spec.get("volumes", []):
        if not set(volume) - {"name"} <= ALLOWED_VOLUMES:
            yield f"volume {volume['name']} is of a kind that is not allowed"
    for container in containers(spec):
        yield from _restricted_container(container, pod)


def _restricted_container(container: Object, pod: Object) -> Iterator[str]:
    security, name = container.get("securityContext", {}), container["name"]
    if security.get("allowPrivilegeEscalation") is not False:
        yield f"{name}: may gain privileges"
    if security.get("privileged"):
        yield f"{name}: is privileged"
    if security.get("capabilities", {}) != {"drop": ["ALL"]}:
        yield f"{name}: keeps capabilities"
    if security.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield f"{name}: may run as root"
    if 0 in (security.get("runAsUser"), pod.get("runAsUser")):
        yield f"{name}: runs as root"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield f"{name}: takes a port of the node"


def workload(item: Object, everything: list[Object]) -> Iterator[str]:
    """Yield what kube-score calls critical or a warning about something that makes pods."""
    template, spec = pod_template(item), pod_spec(item)
    if template is None or spec is None:
        return
    labels = template["metadata"]["labels"]
    served = [service for service in everything if service["kind"] == "Service" and _serves(service, labels)]
    for container in containers(spec):
        yield from _container(container)
    if item["kind"] in {"Deployment", "StatefulSet"}:
        yield from _kept(item, spec, labels, everything)
        yield from _probes(spec["containers"], is_served=bool(served))
    policies = [policy for policy in everything if policy["kind"] == "NetworkPolicy" and selects(policy["spec"]["podSelector"], labels)]
    for direction in ("Ingress", "Egress"):
        if not any(direction in policy["spec"]["policyTypes"] for policy in policies):
            yield f"no network policy for {direction}"
    if item["kind"] == "StatefulSet" and not any(service["metadata"]["name"] == item["spec"]["serviceName"] for service in served):
        yield "the service of the set does not exist"


def _serves(service: Object, labels: dict[str, str]) -> bool:
    return selects({"matchLabels": service["spec"]["selector"]}, labels)


def _container(container: Object) -> Iterator[str]:
    name, resources = container["name"], container.get("resources", {})
    for kind in ("requests", "limits"):
        for resource in ("cpu", "memory", "ephemeral-storage"):
            if resource not in resources.get(kind, {}):
                yield f"{name}: no {kind} of {resource}"
    tag = container["image"].rpartition("/")[2]
    if "@sha256:" not in tag and (":" not in tag or tag.endswith(":latest")):
        yield f"{name}: the image has no fixed tag"
    if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
        yield f"{name}: may write to its image"
    names = [variable["name"] for variable in container.get("env", [])]
    if len(set(names)) != len(names):
        yield f"{name}: a variable is given twice"
    if not all(re.fullmatch(r"[-\w.]+", variable) for variable in names):
        yield f"{name}: a variable has a name that no shell takes"


def _probes(of: list[Object], *, is_served: bool) -> Iterator[str]:
    for container in of:
        probes = {kind: container.get(f"{kind}Probe") for kind in ("startup", "liveness", "readiness")}
        if not probes["liveness"] or (is_served and not probes["readiness"]):
            yield f"{container['name']}: no probe"
        asked = [str({key: value for key, value in probe.items() if key in {"httpGet", "tcpSocket", "exec"}}) for probe in
                 (probes["liveness"], probes["readiness"]) if probe]  # fmt: skip
        if len(set(asked)) != len(asked):
            yield f"{container['name']}: readiness and liveness ask the same"


def _kept(item: Object, spec: Object, labels: dict[str, str], everything: list[Object]) -> Iterator[str]:
    """What keeps a workload up when nodes go."""
    budgets = [budget for budget in everything if budget["kind"] == "PodDisruptionBudget" and selects(budget["spec"]["selector"], labels)]
    if not budgets:
        yield "no disruption budget"
    if "podAntiAffinity" not in spec.get("affinity", {}):
        yield "pods may all stand on one node"
    scaled = [scaler for scaler in everything if scaler["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"}
              and scaler["spec"]["scaleTargetRef"]["name"] == item["metadata"]["name"]]  # fmt: skip
    if item["kind"] == "Deployment":
        if not spec.get("topologySpreadConstraints"):
            yield "no spread"
        if scaled and "replicas" in item["spec"]:
            yield "an autoscaler and the Deployment both name the replicas"
        if not scaled and item["spec"].get("replicas", 1) < 2:
            yield "one replica"


def dangling(everything: list[Object]) -> Iterator[str]:
    """Yield what points at nothing: services, budgets, policies, autoscalers, ingresses, routes."""
    templates = [template for template in map(pod_template, everything) if template is not None]
    labels = [template["metadata"]["labels"] for template in templates]
    names = {(item["kind"], item["metadata"]["name"]) for item in everything}
    for item in everything:
        spec = item.get("spec", {})
        if item["kind"] == "Service":
            selector: Object | None = {"matchLabels": spec["selector"]}
        elif item["kind"] == "NetworkPolicy":
            selector = spec["podSelector"]
        else:
            selector = spec.get("selector") if item["kind"] == "PodDisruptionBudget" else None
        if selector is not None and not any(selects(selector, found) for found in labels):
            yield f"{title(item)} selects no pod"
        if item["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"} and ("Deployment", spec["scaleTargetRef"]["name"]) not in names:
            yield f"{title(item)} scales nothing"
        if item["kind"] == "Ingress":
            services = [path["backend"]["service"]["name"] for rule in spec["rules"] for path in rule["http"]["paths"]]
            yield from (f"{title(item)} leads to {name}" for name in services if ("Service", name) not in names)
        if item["kind"] == "HTTPRoute":
            services = [backend["name"] for rule in spec["rules"] for backend in rule.get("backendRefs", [])]
            yield from (f"{title(item)} leads to {name}" for name in services if ("Service", name) not in names)
