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
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=JMX7=0Qs2.=xTm9=F_GF=0Qs2.=PXPS=kaHf=elAg=FkAp=82kJ=0Qs2.=VA6E=1d6w=IIDT=XfNF=2ylb=5xhy=0Qs2.=CEL3=kaHf=tU6Y=FkAp=Nz1u=0Qs2.=2jL-=GNOf=IIDT=XfNF=2ylb=5xhy=0Qs2 nGAiQf
