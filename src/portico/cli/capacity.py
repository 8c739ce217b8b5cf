"""`portico capacity`: what to deploy for a number of people, and why."""

import argparse

from portico.cli import CommandError
from portico.ops.capacity import PROFILES, Capacity, plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--users", type=int, required=True, help="people who have the page open in the busiest hour")
    parser.add_argument("--profile", choices=tuple(PROFILES), default="text", help="what they do (text)")
    parser.add_argument("--values", action="store_true", help="print values for the Helm chart, and the reasons as comments")


def run(arguments: argparse.Namespace) -> int:
    try:
        found = plan(arguments.users, arguments.profile)
    except ValueError as error:
        raise CommandError(f"--users: {error}.", status=2) from error
    print(values(found) if arguments.values else table(found))
    return 0


def table(found: Capacity) -> str:
    """What to deploy, a line each, and then the reasons."""
    rows = (
        ("answers at one moment", f"{found.streams:,} ({found.tokens_a_second:,} tokens a second)"),
        ("replicas at the peak", str(found.replicas)),
        ("each: requests", f"cpu {found.cpu_request}, memory {found.memory_request}"),
        ("each: limits", f"cpu {found.cpu_limit}, memory {found.memory_limit}"),
        ("autoscaler", f"{found.hpa_min} to {found.hpa_max} replicas"),
        ("PostgreSQL connections", f"{found.connections}" + (" (a pooler, or a higher max_connections)" if found.pooler else "")),
        ("PostgreSQL cores", f"{max(0.1, found.database_cores):.1f} for Portico's own work"),
        ("growth", f"about {found.storage_gb_a_year} GB a year"),
    )
    lines = [f"{found.users:,} users, profile {found.profile}", ""]
    lines += [f"  {name:<24} {value}" for name, value in rows]
    lines += ["", "Why:"]
    lines += [f"  {number}. {reason}" for number, reason in enumerate(found.reasons, 1)]
    return "\n".join(lines)


def values(found: Capacity) -> str:
    """The same as values of the chart."""
    return "\n".join(
        [
            *(f"# {reason}" for reason in found.reasons),
            f"replicaCount: {found.hpa_min}",
            "resources:",
            f"  requests: {{cpu: {found.cpu_request}, memory: {found.memory_request}}}",
            f"  limits: {{cpu: {found.cpu_limit}, memory: {found.memory_limit}}}",
            "autoscaling:",
            "  enabled: true",
            f"  maxReplicas: {found.hpa_max}",
        ]
    )
