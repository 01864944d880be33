# dockgen: every image of this repository (05f4cb8136b5)

variable "REGISTRY" {
  default = ""
}

variable "TAG" {
  default = "latest"
}

variable "PLATFORMS" {
  default = ""
}

function "image" {
  params = [name]
  result = REGISTRY == "" ? "${name}:${TAG}" : "${REGISTRY}/${name}:${TAG}"
}

group "default" {
  targets = ["web", "worker"]
}

group "test" {
  targets = ["web-test", "worker-test"]
}

target "web" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("web")]
}

target "web-test" {
  inherits  = ["web"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "worker" {
  context    = "."
  dockerfile = "Dockerfile.worker"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("worker")]
}

target "worker-test" {
  inherits  = ["worker"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLemDog0Qs2.xTm90DbB0Qs2.uVjGkaHfuNXGFkAp8sy90Qs2.piyNAV6XIIDTXfNF2ylb5xhy0Qs2.G4qjkaHfMTGpFkApHLZv0Qs2._ZZAP0I2IIDTXfNF2ylb5xhy0Qs2
