#!/bin/sh
# Builds the image: `sh ops/image.sh [name] [base]`. Without a base, the one of ops/Containerfile is pulled; where no registry is reached, one is
# made of Debian's packages. What pip and npm are told by the environment (a mirror, a company's certificates) is handed to the build.
set -eu
cd "$(dirname "$0")/.."
name=${1:-localhost/portico:latest}
base=${2:-}
command -v podman >/dev/null || { echo "Install it first: apt install podman" >&2; exit 69; }

if [ -z "$base" ]; then
    wanted=$(sed -n 's/^ARG BASE=//p' ops/Containerfile)
    if podman image exists "$wanted" || podman pull --quiet "$wanted" >/dev/null 2>&1; then
        base=$wanted
    elif podman image exists localhost/portico-base:bookworm; then
        base=localhost/portico-base:bookworm
    else
        echo "No image registry is reached: making a base of Debian's packages ..." >&2
        base=$(sh ops/base-image.sh)
    fi
fi

set -- --build-arg "BASE=$base"
for setting in PIP_CERT PIP_INDEX_URL PIP_FIND_LINKS NODE_EXTRA_CA_CERTS npm_config_registry; do
    eval "value=\${$setting:-}"
    [ -z "$value" ] && continue
    set -- "$@" --build-arg "$setting=$value"
    if [ -d "$value" ]; then
        set -- "$@" --volume "$value:$value:ro"
    elif [ -f "$value" ]; then
        folder=$(dirname "$value")
        set -- "$@" --volume "$folder:$folder:ro"
    fi
done
podman build --quiet --network host "$@" --file ops/Containerfile --tag "$name" .
echo "$name is built on $base." >&2
