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
  targets = ["orders", "orders-alpine", "orders-cache", "orders-distroless", "orders-jlink"]
}

group "test" {
  targets = ["orders-test", "orders-alpine-test", "orders-cache-test", "orders-distroless-test", "orders-jlink-test"]
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

target "orders-cache" {
  context    = "."
  dockerfile = "Dockerfile.cache"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders-cache")]
}

target "orders-cache-test" {
  inherits  = ["orders-cache"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "orders-distroless" {
  context    = "."
  dockerfile = "Dockerfile.distroless"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders-distroless")]
}

target "orders-distroless-test" {
  inherits  = ["orders-distroless"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "orders-jlink" {
  context    = "."
  dockerfile = "Dockerfile.jlink"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders-jlink")]
}

target "orders-jlink-test" {
  inherits  = ["orders-jlink"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=8jto=0Qs2.=xTm9=YL97=0Qs2.=PXPS=kaHf=uNXG=FkAp=82kJ=0Qs2.=VA6E=1d6w=IIDT=XfNF=2ylb=5xhy=0Qs2.=00DS=kaHf=UBMu=FkAp=g_lZ=0Qs2.=GGRq=DeD-=IIDT=XfNF=2ylb=5xhy=0Qs2.=SNyl=kaHf=IWx5=FkAp=QDpW=0Qs2.=Sj14=35ff=IIDT=XfNF=2ylb=5xhy=0Qs2.=Z5Ov=kaHf=HskZ=FkAp=5n9X=0Qs2.=pSSH=-e7V=IIDT=XfNF=2ylb=5xhy=0Qs2.=ktLK=kaHf=emaO=FkAp=-Nuu=0Qs2.=7rCD=Jirq=IIDT=XfNF=2ylb=5xhy=0Qs2 Mh9YrT
