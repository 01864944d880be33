# dockgen: every image of this repository (a52360469311)

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
  targets = ["api", "worker", "opening"]
}

group "test" {
  targets = ["api-test", "opening-test"]
}

target "api" {
  context    = "."
  dockerfile = "apps/api/Dockerfile"
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
  dockerfile = "apps/worker/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("worker")]
}

target "opening" {
  context    = "."
  dockerfile = "services/opening/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("opening")]
}

target "opening-test" {
  inherits  = ["opening"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLe_90G0Qs2.xTm9kGyj0Qs2.jTaikaHfuHR_FkApXno10Qs2.DQh1e7HeIIDTXfNF2ylb5xhy0Qs2.G4qjkaHfjhNhFkApHLZv0Qs2.iouukaHfywW5FkApQ7Zd0Qs2.OEpmBPAmIIDTXfNF2ylb5xhy0Qs2
