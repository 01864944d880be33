# dockgen: every image of this repository (2e2225e7a361)

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
  targets = ["greeter", "shout", "guestbook", "orders", "shop"]
}

group "test" {
  targets = ["greeter-test", "shout-test", "guestbook-test", "orders-test", "shop-test"]
}

target "greeter" {
  context    = "jobs/greeter"
  dockerfile = "Dockerfile"
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

target "shout" {
  context    = "jobs/shout"
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shout")]
}

target "shout-test" {
  inherits  = ["shout"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "guestbook" {
  context    = "services/gateway"
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("guestbook")]
}

target "guestbook-test" {
  inherits  = ["guestbook"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "orders" {
  context    = "services/orders"
  dockerfile = "Dockerfile"
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

target "shop" {
  context    = "services/shop"
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shop")]
}

target "shop-test" {
  inherits  = ["shop"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines .9y6CjnUM0Qs2.34gS8gsf0Qs2.pbYZjnUM0Qs2.a5l1Gf1iuR_l0Qs2.5xLeWbQV0Qs2.xTm9IP0f0Qs2.kqDZWij4uNXGFkApmPZq0Qs2.48iETmmzIIDTXfNF2ylb5xhy0Qs2.GAQDbOtAuNXGFkAp-uQu0Qs2.prmciELtIIDTXfNF2ylb5xhy0Qs2.q4-OX5fguNXGFkApsTbn0Qs2.9HH_Fp7UIIDTXfNF2ylb5xhy0Qs2.PXPSkOU3uNXGFkAp82kJ0Qs2.VA6E1d6wIIDTXfNF2ylb5xhy0Qs2.P9lLVUoduNXGFkApN2J_0Qs2.xAJ74CwqIIDTXfNF2ylb5xhy0Qs2
