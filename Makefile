# "make help" lists the targets. Everything they need beyond go, make, git and
# bash is built from this repository's Go modules into bin/ at its first use.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# The same for every build, so that tests, tools and the control plane share one
# build cache: both settings are part of its key.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -buildvcs=false

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

# IMG is the operator's image for deploy, dist and docker-build.
IMG ?= looker-operator:dev
# TESTFLAGS are passed to "go test".
TESTFLAGS ?= -timeout 20m
# RUNFLAGS, DEMOFLAGS, MOCKFLAGS and BENCHFLAGS are passed to the commands of these targets.
RUNFLAGS ?=
DEMOFLAGS ?=
MOCKFLAGS ?=
BENCHFLAGS ?=

# Tools are cached by what they are built from: a changed go.sum is a new folder.
TOOLS := bin/tools-$(shell { go env GOVERSION; cat hack/tools/go.sum hack/tools/golangci-lint/go.sum; } | git hash-object --stdin | cut -c1-12)
CONTROLLER_GEN := $(TOOLS)/controller-gen
KUSTOMIZE := $(TOOLS)/kustomize
GOLANGCI_LINT := $(TOOLS)/golangci-lint
CRD_REF_DOCS := bin/tools-docs-$(shell { go env GOVERSION; cat hack/tools/crd-ref-docs/go.sum; } | git hash-object --stdin | cut -c1-12)/crd-ref-docs

# Shell commands that run at recipe time, since each may have to build first.
ASSETS = $$(hack/controlplane/ensure.sh)
CONTROLLER_MANAGER = $$(hack/controlplane/ensure.sh kube-controller-manager)
KUBECTL ?= $$(command -v kubectl || echo "$(ASSETS)/kubectl")
# Two statements: "VAR=$(cmd) go test" would go on when cmd fails.
WITH_ASSETS = assets=$(ASSETS); export KUBEBUILDER_ASSETS="$$assets"
WITH_CONTROLLER_MANAGER = manager=$(CONTROLLER_MANAGER); export TEST_ASSET_KUBE_CONTROLLER_MANAGER="$$manager"

##@ General

.PHONY: help
help: ## List the targets.
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: clean
clean: ## Remove what was built, except the cached control plane and tools.
	rm -rf dist out cover.out bin/looker-operator bin/kubectl-looker

.PHONY: tools
tools: $(CONTROLLER_GEN) $(KUSTOMIZE) $(GOLANGCI_LINT) $(CRD_REF_DOCS) ## Build the development tools.

##@ Development

.PHONY: generate
generate: $(CONTROLLER_GEN) ## Generate the deep copies of the API types.
	$(CONTROLLER_GEN) object:headerFile=hack/boilerplate.go.txt paths=./api/...

.PHONY: manifests
manifests: $(CONTROLLER_GEN) ## Generate the CRDs and the operator's ClusterRole.
	$(CONTROLLER_GEN) crd:maxDescLen=2000 paths=./api/... output:crd:dir=config/crd/bases
	hack/crd-kustomization.sh > config/crd/kustomization.yaml
	$(CONTROLLER_GEN) rbac:roleName=manager,headerFile=hack/boilerplate.yaml.txt paths=./controllers output:rbac:dir=config/rbac

.PHONY: api-docs
api-docs: $(CRD_REF_DOCS) ## Generate docs/reference.md from the API types.
	$(CRD_REF_DOCS) --log-level=WARN --source-path=api/v1alpha1 --renderer=markdown --output-path=docs/reference.md \
		--config=hack/tools/crd-ref-docs/config.yaml --templates-dir=hack/tools/crd-ref-docs/templates

.PHONY: fmt
fmt: ## Format the code.
	gofmt -w $$(git ls-files --cached --others --exclude-standard '*.go')

.PHONY: vet
vet: ## Run go vet.
	go vet ./...

.PHONY: lint
lint: $(GOLANGCI_LINT) ## Run the linters, import rules included.
	$(GOLANGCI_LINT) run

.PHONY: test
test: ## Run every test, on a real control plane (built at its first use).
	@$(WITH_ASSETS); $(WITH_CONTROLLER_MANAGER); set -x; go test $(TESTFLAGS) ./...

.PHONY: test-unit
test-unit: ## Run the tests that need no control plane.
	@packages=$$(go list -test -f '{{if eq .Name "main"}}{{.ImportPath}} {{join .Deps " "}}{{end}}' ./... | \
		awk '$$1 ~ /[.]test$$/ && !/\/test\/controlplane( |$$)/ { sub(/[.]test$$/, "", $$1); print $$1 }'); \
	set -x; go test $(TESTFLAGS) $$packages

.PHONY: verify
verify: ## Check that the generated files are what the code says.
	hack/verify.sh

##@ Run

# Not "go run", which ends with an error on Ctrl-C, whatever its program says.
.PHONY: demo
demo: ## Show the operator at work on a local API server and a mock Looker (ONCE=1: end by itself).
	@$(WITH_ASSETS); go build -o out/bin/demo ./hack/demo; exec out/bin/demo $(if $(filter-out 0,$(ONCE)),--once) $(DEMOFLAGS)

# Not "go run", as with the demonstration.
.PHONY: bench
bench: ## Measure calls, writes, time and memory at 100, 1,000 and 10,000 objects (SIZE=1000: only there).
	@$(WITH_ASSETS); go build -o out/bin/bench ./hack/bench; exec out/bin/bench $(if $(SIZE),--sizes $(SIZE)) $(BENCHFLAGS)

.PHONY: bench-docs
bench-docs: ## Write the figures of the last "make bench" into docs/performance.md.
	cd hack/bench/docs && go run . $(CURDIR)/out/bench.json $(CURDIR)/docs

.PHONY: mock
mock: ## Run the mock Looker on 127.0.0.1:9999, client id and secret "demo".
	go run ./hack/mocklooker --listen 127.0.0.1:9999 --client-id demo --client-secret demo $(MOCKFLAGS)

.PHONY: run
run: ## Run the operator from source against the current kubeconfig.
	go run -ldflags "$(LDFLAGS)" ./cmd/looker-operator --metrics-bind-address=0 $(RUNFLAGS)

##@ Build and deploy

.PHONY: build
build: ## Build the operator into bin/.
	go build -ldflags "$(LDFLAGS)" -o bin/looker-operator ./cmd/looker-operator

.PHONY: docker-build
docker-build: ## Build the operator's image, IMG.
	docker build --build-arg VERSION=$(VERSION) --build-arg COMMIT=$(COMMIT) -t $(IMG) .

.PHONY: install
install: $(KUSTOMIZE) ## Install the CRDs into the current kubeconfig's cluster.
	$(KUSTOMIZE) build config/crd | $(KUBECTL) apply --server-side -f -

.PHONY: uninstall
uninstall: $(KUSTOMIZE) ## Remove the CRDs, and with them every Looker resource in the cluster.
	$(KUSTOMIZE) build config/crd | $(KUBECTL) delete --ignore-not-found -f -

.PHONY: deploy
deploy: out/deploy.yaml ## Deploy the operator with IMG into the current kubeconfig's cluster.
	$(KUBECTL) apply --server-side -f out/deploy.yaml

# The CRDs stay: removing them removes the resources, and the operator that would
# finish their deletion is going at the same time.
.PHONY: undeploy
undeploy: out/deploy.yaml $(KUSTOMIZE) ## Remove the operator; the CRDs and the Looker resources stay.
	$(KUBECTL) delete --ignore-not-found --selector app.kubernetes.io/component!=crd -f out/deploy.yaml

.PHONY: dist
dist: out/deploy.yaml ## Write dist/install.yaml: everything, with IMG.
	mkdir -p dist
	cp out/deploy.yaml dist/install.yaml

# An overlay of its own, so that the image name changes no file under config/.
.PHONY: out/deploy.yaml
out/deploy.yaml: $(KUSTOMIZE)
	mkdir -p out/deploy
	echo 'resources: [../../config/default]' > out/deploy/kustomization.yaml
	cd out/deploy && $(CURDIR)/$(KUSTOMIZE) edit set image looker-operator=$(IMG)
	$(KUSTOMIZE) build out/deploy > $@

# tool FOLDER PACKAGE builds a tool of the module in FOLDER. The final name
# appears at once, so that concurrent runs do no harm.
define tool
@echo "building $(@F)" >&2; mkdir -p $(@D)
@cd $(1) && go build -ldflags "-s -w" -o $(CURDIR)/$@.$$$$ $(2) && mv $(CURDIR)/$@.$$$$ $(CURDIR)/$@
endef

$(CONTROLLER_GEN):
	$(call tool,hack/tools,sigs.k8s.io/controller-tools/cmd/controller-gen)
$(KUSTOMIZE):
	$(call tool,hack/tools,sigs.k8s.io/kustomize/kustomize/v5)
$(GOLANGCI_LINT):
	$(call tool,hack/tools/golangci-lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint)
$(CRD_REF_DOCS):
	$(call tool,hack/tools/crd-ref-docs,github.com/elastic/crd-ref-docs)
