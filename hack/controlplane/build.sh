#!/usr/bin/env bash
# Builds the test control plane's binaries from their Go modules into a folder.
# Usage: build.sh FOLDER [NAME...]   (default: all four; about 8 minutes on two
# cores with an empty build cache, half a minute with a warm one)
set -euo pipefail
(($# >= 1)) || { echo "usage: ${0##*/} FOLDER [etcd|kube-apiserver|kubectl|kube-controller-manager]..." >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
(($# >= 1)) || set -- etcd kube-apiserver kubectl kube-controller-manager
cd "$(dirname "${BASH_SOURCE[0]}")"
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${version#v}"
flags="-s -w"
# Without these the server calls itself v0.0.0-master and clients refuse the skew.
for pkg in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	flags+=" -X $pkg.gitVersion=$version -X $pkg.gitMajor=$major -X $pkg.gitMinor=$minor"
	flags+=" -X $pkg.gitTreeState=archive -X $pkg.buildDate=1970-01-01T00:00:00Z"
done
# The same settings as the tests' own build, so that both share one build cache.
export CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false"
# A binary appears under its name only when it is complete.
tmp=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
for name in "$@"; do
	case $name in
	etcd) package=go.etcd.io/etcd/server/v3 ldflags="-s -w" ;;
	kube-apiserver | kubectl | kube-controller-manager) package=k8s.io/kubernetes/cmd/$name ldflags=$flags ;;
	*) echo "build.sh: unknown binary: $name" >&2; exit 2 ;;
	esac
	echo "building $name for Kubernetes $version" >&2
	go build -ldflags "$ldflags" -o "$tmp/$name" "$package"
	mv "$tmp/$name" "$out/$name"
done
