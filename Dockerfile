# The builder runs on the machine's own platform and compiles for the image's.
FROM --platform=$BUILDPLATFORM golang:1.26 AS builder
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY api/ api/
COPY cmd/looker-operator/ cmd/looker-operator/
COPY controllers/ controllers/
COPY lookerclient/ lookerclient/
ARG TARGETOS TARGETARCH
ARG VERSION=dev
ARG COMMIT=unknown
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.version=$VERSION -X main.commit=$COMMIT" \
    -o /looker-operator ./cmd/looker-operator

# Certificates and time zones, no shell, no package manager.
FROM gcr.io/distroless/static:nonroot
COPY --from=builder /looker-operator /looker-operator
# By number: Kubernetes cannot tell that a named user is not root.
USER 65532:65532
ENTRYPOINT ["/looker-operator"]
