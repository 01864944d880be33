# dockgen: every image of this repository (cd70c4f444f2)

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
