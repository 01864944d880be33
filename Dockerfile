# syntax=docker/dockerfile:1
# dockgen: Go service, static binary on distroless

FROM --platform=$BUILDPLATFORM golang:1.26.8-trixie AS deps
WORKDIR /src
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download

FROM deps AS source
COPY . .

FROM source AS test
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    go vet ./... && go test ./...

FROM source AS builder
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/dockgen ./cmd/dockgen

FROM gcr.io/distroless/static-debian13:nonroot AS runtime
COPY --link --from=builder /out/dockgen /usr/local/bin/dockgen
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/dockgen"]
# dockgen:lines - #fUCt FXDXNs
# dockgen:lines deps .F8deEWTskgEWUG8CCcY0RGdxP+BYfh n5Zhrf
# dockgen:lines source .Fw4XoCnjrU sEkPgN
# dockgen:lines test .Fc_HARGdxP+UAL_+TEHo XwvBvG
# dockgen:lines builder .FeUidGb6RARGdxP+UAL_+FQYs+lAPk yoDtfP
# dockgen:lines runtime .FgoAGCOrffUD4PAN7VFV 44YLdk
