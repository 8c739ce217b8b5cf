"""The release before this one, as processes beside those of this checkout on one database."""

import os
import subprocess
from pathlib import Path

from portico import __version__
from tests.chaos.fleet import ROOT


def reference() -> str | None:
    """The git name of the release before this one: PREVIOUS_RELEASE, else the newest tag of another version; None when there is none."""
    named = os.environ.get("PREVIOUS_RELEASE", "")
    if named:
        return named
    done = _git("tag", "--list", "v*", "--sort=-version:refname")
    return next((tag for tag in done.split() if tag != f"v{__version__}"), None)


def unpack(ref: str, folder: Path) -> Path:
    """Write the sources of a release into a folder; the path that Python imports them from."""
    folder.mkdir(parents=True)
    archive = subprocess.Popen(["git", "archive", ref, "src"], cwd=ROOT, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
    if archive.wait():
        raise LookupError(f"git knows no {ref}")
    return folder / "src"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
