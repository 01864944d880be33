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
  targets = ["import", "show"]
}

group "test" {
  targets = ["import-test", "show-test"]
}

target "import" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("import")]
}

target "import-test" {
  inherits  = ["import"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "show" {
  context    = "."
  dockerfile = "Dockerfile.show"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("show")]
}

target "show-test" {
  inherits  = ["show"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=4zZH=0Qs2.=xTm9=nKuO=0Qs2.=QJDt=kaHf=uNXG=FkAp=FtWX=0Qs2.=KBQK=ajF_=IIDT=XfNF=2ylb=5xhy=0Qs2.=MIUc=kaHf=IQfw=FkAp=kbm7=0Qs2.=343p=jtgg=IIDT=XfNF=2ylb=5xhy=0Qs2 uCuiV_
