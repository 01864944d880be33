# dockgen: every image of this repository (3980436a8754)

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
  targets = ["api", "greeter"]
}

group "test" {
  targets = ["api-test", "greeter-test"]
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

target "greeter" {
  context    = "."
  dockerfile = "services/greeter/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("greeter")]
}

target "greeter-test" {
  inherits  = ["greeter"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLesFmw0Qs2.xTm954JM0Qs2.jTaikaHfM2tUFkApXno10Qs2.DQh1e7HeIIDTXfNF2ylb5xhy0Qs2.kqDZkaHfHJU3FkApmPZq0Qs2.48iETmmzIIDTXfNF2ylb5xhy0Qs2
