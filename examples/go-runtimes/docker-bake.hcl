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
  targets = ["orders", "orders-alpine", "orders-scratch", "orders-slim"]
}

group "test" {
  targets = ["orders-test", "orders-alpine-test", "orders-scratch-test", "orders-slim-test"]
}

target "orders" {
  context    = "."
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

target "orders-alpine" {
  context    = "."
  dockerfile = "Dockerfile.alpine"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders-alpine")]
}

target "orders-alpine-test" {
  inherits  = ["orders-alpine"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "orders-scratch" {
  context    = "."
  dockerfile = "Dockerfile.scratch"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders-scratch")]
}

target "orders-scratch-test" {
  inherits  = ["orders-scratch"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "orders-slim" {
  context    = "."
  dockerfile = "Dockerfile.slim"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders-slim")]
}

target "orders-slim-test" {
  inherits  = ["orders-slim"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=eINr=0Qs2.=xTm9=lasm=0Qs2.=PXPS=kaHf=uNXG=FkAp=82kJ=0Qs2.=VA6E=1d6w=IIDT=XfNF=2ylb=5xhy=0Qs2.=00DS=kaHf=UBMu=FkAp=g_lZ=0Qs2.=GGRq=DeD-=IIDT=XfNF=2ylb=5xhy=0Qs2.=8yz8=kaHf=ZoDM=FkAp=hMGW=0Qs2.=DVuz=T0-S=IIDT=XfNF=2ylb=5xhy=0Qs2.=vfbE=kaHf=i303=FkAp=svLP=0Qs2.=aR7n=xYj8=IIDT=XfNF=2ylb=5xhy=0Qs2 H_Rxhq
