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
  targets = ["api", "worker"]
}

group "test" {
  targets = ["api-test", "worker-test"]
}

target "api" {
  context    = "."
  dockerfile = "services/api/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("api")]
}

target "api-test" {
  inherits  = ["api"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "worker" {
  context    = "."
  dockerfile = "services/worker/Dockerfile"
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
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=J5BT=0Qs2.=xTm9=RFhC=0Qs2.=jTai=kaHf=M2tU=FkAp=Xno1=0Qs2.=DQh1=e7He=IIDT=XfNF=2ylb=5xhy=0Qs2.=G4qj=kaHf=CdUb=FkAp=HLZv=0Qs2.=_ZZA=P0I2=IIDT=XfNF=2ylb=5xhy=0Qs2 pg9AWC
