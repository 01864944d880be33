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
  targets = ["fruit", "fruit-distroless"]
}

group "test" {
  targets = ["fruit-test", "fruit-distroless-test"]
}

target "fruit" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("fruit")]
}

target "fruit-test" {
  inherits  = ["fruit"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "fruit-distroless" {
  context    = "."
  dockerfile = "Dockerfile.distroless"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("fruit-distroless")]
}

target "fruit-distroless-test" {
  inherits  = ["fruit-distroless"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=nHzL=0Qs2.=xTm9=j0ZD=0Qs2.=gI4R=kaHf=uNXG=FkAp=2XI7=0Qs2.=r6Z0=b7F3=IIDT=XfNF=2ylb=5xhy=0Qs2.=x9t8=kaHf=HskZ=FkAp=TtK4=0Qs2.=JfOw=fr85=IIDT=XfNF=2ylb=5xhy=0Qs2 c_-wC5
