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
  targets = ["digest", "digest-distroless"]
}

group "test" {
  targets = ["digest-test", "digest-distroless-test"]
}

target "digest" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("digest")]
}

target "digest-test" {
  inherits  = ["digest"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "digest-distroless" {
  context    = "."
  dockerfile = "Dockerfile.distroless"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("digest-distroless")]
}

target "digest-distroless-test" {
  inherits  = ["digest-distroless"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=ANxT=0Qs2.=xTm9=8Yoi=0Qs2.=G9ZT=kaHf=uNXG=FkAp=K93X=0Qs2.=SVHx=4w3q=IIDT=XfNF=2ylb=5xhy=0Qs2.=xl_A=kaHf=HskZ=FkAp=yE6B=0Qs2.=-qa0=ikp1=IIDT=XfNF=2ylb=5xhy=0Qs2 G4g0Uy
