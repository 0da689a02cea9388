#!/usr/bin/env bash
# Prints config/crd/kustomization.yaml: every generated CRD, so that a new kind
# needs no entry by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../config/crd"
cat <<'END'
# Generated from the files in bases by "make manifests".
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
labels:
  # "make undeploy" leaves the objects of this component alone.
  - pairs: {app.kubernetes.io/component: crd}
resources:
END
printf '  - %s\n' bases/*.yaml
