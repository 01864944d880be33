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
  targets = ["notes", "notes-slim"]
}

group "test" {
  targets = ["notes-test", "notes-slim-test"]
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

target "notes-slim" {
  context    = "."
  dockerfile = "Dockerfile.slim"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("notes-slim")]
}

target "notes-slim-test" {
  inherits  = ["notes-slim"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=KVMB=0Qs2.=xTm9=Shs0=0Qs2.=B6ib=kaHf=uNXG=FkAp=hxRm=0Qs2.=o5h3=v2HD=IIDT=XfNF=2ylb=5xhy=0Qs2.=kTXj=kaHf=i303=FkAp=zvff=0Qs2.=orgs=OmmH=IIDT=XfNF=2ylb=5xhy=0Qs2 eJC_6k
