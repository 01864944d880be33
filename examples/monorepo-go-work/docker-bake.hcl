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
  targets = ["api", "greeter"]
}

group "test" {
  targets = ["api-test", "greeter-test"]
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

target "greeter" {
  context    = "."
  dockerfile = "services/greeter/Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("greeter")]
}

target "greeter-test" {
  inherits  = ["greeter"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=sFmw=0Qs2.=xTm9=54JM=0Qs2.=jTai=kaHf=M2tU=FkAp=Xno1=0Qs2.=DQh1=e7He=IIDT=XfNF=2ylb=5xhy=0Qs2.=kqDZ=kaHf=HJU3=FkAp=mPZq=0Qs2.=48iE=Tmmz=IIDT=XfNF=2ylb=5xhy=0Qs2 NLb-W-
