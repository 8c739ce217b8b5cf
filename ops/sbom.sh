#!/bin/sh
# Writes what the image is made of, as CycloneDX: `sh ops/sbom.sh [folder]`. The locks are the source: exact versions with their hashes.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-dist}
mkdir -p "$folder"
if [ ! -x .cache/sbom/bin/cyclonedx-py ]; then
    .venv/bin/python -m venv .cache/sbom
    .cache/sbom/bin/pip install --quiet --disable-pip-version-check cyclonedx-bom
fi
.cache/sbom/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-format JSON --output-file "$folder/portico-python.cdx.json" 2>/dev/null
.venv/bin/python hatch_build.py npm --version >/dev/null 2>&1 # installs the page's packages if that is due, which prints
.venv/bin/python hatch_build.py npm sbom --loglevel=error --sbom-format cyclonedx --omit dev --package-lock-only 2>"$folder/portico-page.cdx.json"
for file in "$folder"/portico-*.cdx.json; do
    .venv/bin/python -c 'import json, sys; found = json.load(open(sys.argv[1])); print(sys.argv[1], found["bomFormat"], found["specVersion"], len(found["components"]), "components")' "$file"
done
