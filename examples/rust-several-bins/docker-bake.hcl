# dockgen: every image of this repository (971c04d8ee26)

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
  targets = ["import", "show"]
}

group "test" {
  targets = ["import-test", "show-test"]
}

target "import" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("import")]
}

target "import-test" {
  inherits  = ["import"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "show" {
  context    = "."
  dockerfile = "Dockerfile.show"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("show")]
}

target "show-test" {
  inherits  = ["show"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLe4zZH0Qs2.xTm9nKuO0Qs2.QJDtkaHfuNXGFkApFtWX0Qs2.KBQKajF_IIDTXfNF2ylb5xhy0Qs2.MIUckaHfIQfwFkApkbm70Qs2.343pjtggIIDTXfNF2ylb5xhy0Qs2
