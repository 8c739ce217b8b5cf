#!/bin/sh
# Makes localhost/portico-base of Debian's packages, for places where no image registry is reached: `sh ops/base-image.sh` as root.
set -eu
command -v debootstrap >/dev/null || { echo "Install it first: apt install debootstrap" >&2; exit 69; }
name=${1:-localhost/portico-base:bookworm}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$folder/root" >"$folder/log" 2>&1 || { tail -5 "$folder/log" >&2; exit 1; }
rm -rf "$folder"/root/var/lib/apt/lists/* "$folder"/root/var/cache/apt/archives/*.deb
rm -rf "$folder"/root/usr/share/doc/* "$folder"/root/usr/share/man/* "$folder"/root/usr/share/locale/*
tar -C "$folder/root" -c . | podman import --quiet - "$name"
echo "$name"
