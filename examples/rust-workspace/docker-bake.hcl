# dockgen: every image of this repository (1bad42fc53cb)

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
  targets = ["api", "worker"]
}

group "test" {
  targets = ["api-test", "worker-test"]
}

target "api" {
  context    = "."
  dockerfile = "services/api/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("api")]
}

target "api-test" {
  inherits  = ["api"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "worker" {
  context    = "."
  dockerfile = "services/worker/Dockerfile"
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
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLeJ5BT0Qs2.xTm9RFhC0Qs2.jTaikaHfM2tUFkApXno10Qs2.DQh1e7HeIIDTXfNF2ylb5xhy0Qs2.G4qjkaHfCdUbFkApHLZv0Qs2._ZZAP0I2IIDTXfNF2ylb5xhy0Qs2
