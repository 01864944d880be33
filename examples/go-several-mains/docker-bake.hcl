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
  targets = ["web", "worker"]
}

group "test" {
  targets = ["web-test", "worker-test"]
}

target "web" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("web")]
}

target "web-test" {
  inherits  = ["web"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "worker" {
  context    = "."
  dockerfile = "Dockerfile.worker"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("worker")]
}

target "worker-test" {
  inherits  = ["worker"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=mDog=0Qs2.=xTm9=0DbB=0Qs2.=uVjG=kaHf=uNXG=FkAp=8sy9=0Qs2.=piyN=AV6X=IIDT=XfNF=2ylb=5xhy=0Qs2.=G4qj=kaHf=MTGp=FkAp=HLZv=0Qs2.=_ZZA=P0I2=IIDT=XfNF=2ylb=5xhy=0Qs2 GHpQl2
