#!/usr/bin/env bash
# Makes sure that the test control plane's binaries are there and prints where.
#
#   ensure.sh                           the folder of etcd, kube-apiserver and kubectl
#   ensure.sh kube-controller-manager   the path of that binary
#
# The folder is, in this order: KUBEBUILDER_ASSETS where it is set; what an
# earlier run built or downloaded (bin/k8s/<version>); a download by
# setup-envtest, given up after ENVTEST_DOWNLOAD_TIMEOUT seconds (60; 0 = do not
# try); a build from the Go modules of this folder.
#
# setup-envtest's bundles have no kube-controller-manager. Only the tests need it,
# so it is separate: the one in the folder above where there is one, else built.
#
# Callers may run at the same time: the first does the work, the others wait.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
trio=(etcd kube-apiserver kubectl)

die() { echo "ensure.sh: $*" >&2; exit 1; }

# complete FOLDER NAME...: every binary is there and executable.
complete() {
	local folder=$1 name
	shift
	for name in "$@"; do [[ -f $folder/$name && -x $folder/$name ]] || return 1; done
}

# From go.mod itself: "go list" would want the module downloaded.
version=$(awk '$1 == "k8s.io/kubernetes" { sub(/^v/, "", $2); print $2; exit }' "$here/go.mod")
[[ -n $version ]] || die "hack/controlplane/go.mod requires no k8s.io/kubernetes"
built=$root/bin/k8s/$version
downloaded=$root/bin/k8s/${version%.*}-downloaded # a link: any patch release of the minor

# lock makes callers wait for each other until this process ends. Without
# flock(1) they only do the same work twice: binaries appear atomically.
lock() {
	mkdir -p "$root/bin/k8s"
	if command -v flock >/dev/null; then
		exec 9>"$root/bin/k8s/.lock"
		flock 9
	fi
}

download() {
	local limit=${ENVTEST_DOWNLOAD_TIMEOUT:-60} folder
	[[ $limit != 0 ]] || return 1
	command -v timeout >/dev/null || return 1
	echo "downloading the control plane ${version%.*}.x with setup-envtest, for at most $limit s" >&2
	# 9>&-: a child that outlives us must not keep the lock.
	(cd "$root/hack/tools" && CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false" \
		go build -o "$root/bin/envtest/setup-envtest" sigs.k8s.io/controller-runtime/tools/setup-envtest) >&2 9>&- || return 1
	folder=$(timeout "$limit" "$root/bin/envtest/setup-envtest" use "${version%.*}.x" \
		--bin-dir "$root/bin/envtest" -p path 9>&-) || return 1
	complete "$folder" "${trio[@]}" || return 1
	ln -sfn "$folder" "$downloaded"
}

assets() {
	local folder
	if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
		complete "$KUBEBUILDER_ASSETS" "${trio[@]}" ||
			die "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS lacks one of: ${trio[*]}. Unset it to have them made."
		(cd "$KUBEBUILDER_ASSETS" && pwd)
		return
	fi
	for folder in "$built" "$downloaded"; do
		if complete "$folder" "${trio[@]}"; then
			echo "$folder"
			return
		fi
	done
	return 1
}

case ${1:-assets} in
assets)
	assets && exit
	[[ -z ${KUBEBUILDER_ASSETS:-} ]] || exit 1
	lock
	assets && exit # made by another caller meanwhile
	if ! download; then
		echo "building the control plane from Go modules instead (about 8 minutes on two cores, once)" >&2
		"$here/build.sh" "$built" "${trio[@]}" >&2 9>&-
	fi
	assets
	;;
kube-controller-manager)
	for folder in "${KUBEBUILDER_ASSETS:-$built}" "$built"; do
		if complete "$folder" "$1"; then
			echo "$(cd "$folder" && pwd)/$1"
			exit
		fi
	done
	lock
	complete "$built" "$1" || "$here/build.sh" "$built" "$1" >&2 9>&-
	echo "$built/$1"
	;;
*) die "unknown argument: $1 (known: kube-controller-manager)" ;;
esac
