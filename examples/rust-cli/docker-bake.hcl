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
  targets = ["shout", "shout-alpine", "shout-chef", "shout-mount", "shout-platforms", "shout-scratch"]
}

group "test" {
  targets = ["shout-test", "shout-alpine-test", "shout-chef-test", "shout-mount-test", "shout-platforms-test", "shout-scratch-test"]
}

target "shout" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shout")]
}

target "shout-test" {
  inherits  = ["shout"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "shout-alpine" {
  context    = "."
  dockerfile = "Dockerfile.alpine"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shout-alpine")]
}

target "shout-alpine-test" {
  inherits  = ["shout-alpine"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "shout-chef" {
  context    = "."
  dockerfile = "Dockerfile.chef"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shout-chef")]
}

target "shout-chef-test" {
  inherits  = ["shout-chef"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "shout-mount" {
  context    = "."
  dockerfile = "Dockerfile.mount"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shout-mount")]
}

target "shout-mount-test" {
  inherits  = ["shout-mount"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "shout-platforms" {
  context    = "."
  dockerfile = "Dockerfile.platforms"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = [image("shout-platforms")]
}

target "shout-platforms-test" {
  inherits  = ["shout-platforms"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "shout-scratch" {
  context    = "."
  dockerfile = "Dockerfile.scratch"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shout-scratch")]
}

target "shout-scratch-test" {
  inherits  = ["shout-scratch"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=m4lu=0Qs2.=xTm9=aRvp=0Qs2.=GAQD=kaHf=uNXG=FkAp=-uQu=0Qs2.=prmc=iELt=IIDT=XfNF=2ylb=5xhy=0Qs2.=W_bF=kaHf=UBMu=FkAp=EIyJ=0Qs2.=ZGNG=TQto=IIDT=XfNF=2ylb=5xhy=0Qs2.=al0n=kaHf=huO0=FkAp=mazm=0Qs2.=Xqjr=Ca0m=IIDT=XfNF=2ylb=5xhy=0Qs2.=ByRv=kaHf=IpGE=FkAp=_-bS=0Qs2.=FvvL=VSBT=IIDT=XfNF=2ylb=5xhy=0Qs2.=hCfB=kaHf=GymE=Pn8N=cdIA=0Qs2.=gk7_=A5dl=IIDT=XfNF=2ylb=5xhy=0Qs2.=ybuS=kaHf=ZoDM=FkAp=dNIu=0Qs2.=JYvK=UrBq=IIDT=XfNF=2ylb=5xhy=0Qs2 J6BOCu
