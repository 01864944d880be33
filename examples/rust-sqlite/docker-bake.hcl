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
  targets = ["notes", "notes-alpine"]
}

group "test" {
  targets = ["notes-test", "notes-alpine-test"]
}

target "notes" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("notes")]
}

target "notes-test" {
  inherits  = ["notes"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "notes-alpine" {
  context    = "."
  dockerfile = "Dockerfile.alpine"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("notes-alpine")]
}

target "notes-alpine-test" {
  inherits  = ["notes-alpine"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=hOb0=0Qs2.=xTm9=lX6b=0Qs2.=B6ib=kaHf=uNXG=FkAp=hxRm=0Qs2.=o5h3=v2HD=IIDT=XfNF=2ylb=5xhy=0Qs2.=W_bJ=kaHf=UBMu=FkAp=uTy8=0Qs2.=d4n7=rZ59=IIDT=XfNF=2ylb=5xhy=0Qs2 xchV7U
