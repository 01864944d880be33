# dockgen: every image of this repository (1c1b243a7088)

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
  targets = ["app", "app-worker"]
}

target "app" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("app")]
}

target "app-worker" {
  context    = "."
  dockerfile = "Dockerfile.app-worker"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("app-worker")]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLea7Wx0Qs2.34npkaHfuNXGFkAp3D_y0Qs2.EprzkaHfNVEKFkAp3UII0Qs2
