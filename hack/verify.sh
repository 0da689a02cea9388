#!/usr/bin/env bash
# Fails when a generated file is not what its source says, whatever else has
# changed in the working tree. The files are left as generated.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
generated=(api config/crd config/rbac docs/reference.md)
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
tar -cf - "${generated[@]}" | tar -xf - -C "$before"
make --no-print-directory generate manifests api-docs
differ=0
for folder in "${generated[@]}"; do diff -ru "$before/$folder" "$folder" || differ=1; done
if ((differ)); then
	echo "verify: generated files are out of date: run \"make generate manifests api-docs\" and commit the result" >&2
	exit 1
fi
