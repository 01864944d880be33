# syntax=docker/dockerfile:1
# dockgen: Go service, static binary on slim

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

FROM debian:13.6-slim AS runtime
# Debian's archive drops old versions, so a pin would break the build.
# hadolint ignore=DL3008
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean \
    && apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git tzdata
RUN groupadd --system --gid 10001 app \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin app
COPY --link --from=builder /out/dockgen /usr/local/bin/dockgen
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/dockgen"]
# dockgen:lines - #fUCt FXDXNs
# dockgen:lines deps .F8deEWTskgEWUG8CCcY0RGdxP+BYfh n5Zhrf
# dockgen:lines source .Fw4XoCnjrU sEkPgN
# dockgen:lines test .Fc_HARGdxP+UAL_+TEHo XwvBvG
# dockgen:lines builder .FeUidGb6RARGdxP+UAL_+FQYs+lAPk yoDtfP
# dockgen:lines runtime .FaLRV#3AxM#K1D4R5NdZ+xEMw+7Xj1+knas+h_USRd5XV+SH-VCOrffU6aqXN7VFV fvRVBB
