# syntax=docker/dockerfile:1
# dockgen: Go service, static binary on distroless (0123456789ab)

FROM --platform=$BUILDPLATFORM golang:1.26.7-trixie AS deps
WORKDIR /src
ENV GOTOOLCHAIN=local
COPY go.mod ./
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
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/orders ./cmd/orders

FROM gcr.io/distroless/static-debian13:nonroot AS runtime
COPY --link --from=builder /out/orders /usr/local/bin/orders
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/orders"]
