# dockgen: every image of this repository (6e51e919b01f)

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
  targets = ["orders", "stock"]
}

group "test" {
  targets = ["orders-test", "stock-test"]
}

target "orders" {
  context    = "."
  dockerfile = "orders/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders")]
}

target "orders-test" {
  inherits  = ["orders"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "stock" {
  context    = "."
  dockerfile = "stock/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("stock")]
}

target "stock-test" {
  inherits  = ["stock"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLeJMX70Qs2.xTm9F_GF0Qs2.PXPSkaHfelAgFkAp82kJ0Qs2.VA6E1d6wIIDTXfNF2ylb5xhy0Qs2.CEL3kaHftU6YFkApNz1u0Qs2.2jL-GNOfIIDTXfNF2ylb5xhy0Qs2
