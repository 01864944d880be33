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
  targets = ["api-test"]
}

target "api" {
  context    = "."
  dockerfile = "apps/api/Dockerfile"
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
  dockerfile = "apps/worker/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("worker")]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=J5BT=0Qs2.=xTm9=-6kn=0Qs2.=jTai=kaHf=uHR_=FkAp=Xno1=0Qs2.=DQh1=e7He=IIDT=XfNF=2ylb=5xhy=0Qs2.=G4qj=kaHf=jhNh=FkAp=HLZv=0Qs2 3jcthi
