# dockgen: every image of this repository

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

target "stock" {
  context    = "services/stock"
  dockerfile = "Dockerfile"
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
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=JMX7=0Qs2.=xTm9=F_GF=0Qs2.=PXPS=kOU3=uNXG=FkAp=82kJ=0Qs2.=VA6E=1d6w=IIDT=XfNF=2ylb=5xhy=0Qs2.=CEL3=nLVM=uNXG=FkAp=Nz1u=0Qs2.=2jL-=GNOf=IIDT=XfNF=2ylb=5xhy=0Qs2 fpshSM
