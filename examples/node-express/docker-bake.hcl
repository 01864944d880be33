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
  targets = ["guestbook", "guestbook-distroless"]
}

group "test" {
  targets = ["guestbook-test", "guestbook-distroless-test"]
}

target "guestbook" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("guestbook")]
}

target "guestbook-test" {
  inherits  = ["guestbook"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "guestbook-distroless" {
  context    = "."
  dockerfile = "Dockerfile.distroless"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("guestbook-distroless")]
}

target "guestbook-distroless-test" {
  inherits  = ["guestbook-distroless"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=FQTY=0Qs2.=xTm9=NZ1Y=0Qs2.=q4-O=kaHf=uNXG=FkAp=sTbn=0Qs2.=9HH_=Fp7U=IIDT=XfNF=2ylb=5xhy=0Qs2.=s50z=kaHf=HskZ=FkAp=R6UF=0Qs2.=ae7K=NcQg=IIDT=XfNF=2ylb=5xhy=0Qs2 kicIEr
