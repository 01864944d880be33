// Package e2e holds no code, only the tests behind the build tag "e2e": they build,
// run, ask and stop the images of examples/ with the docker that is on PATH.
//
//	go test -tags e2e -v ./internal/e2e -args -stack go
//
// One image per stage graph is tested, with -all every image. A run removes its
// containers, images and cache mounts; other cache mounts are neither read nor
// pruned, because each run has a name space of its own for them. The layer cache
// is the builder's to collect.
//
// What an example.toml calls unbuilt is held by golden and lint alone: everything that
// Gradle builds, since its distribution comes from a host of its own, a plain war, since
// the lab has no image of Tomcat, and a JRE for musl.
package e2e
