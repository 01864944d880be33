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
  targets = ["greeter", "greeter-distroless"]
}

group "test" {
  targets = ["greeter-test", "greeter-distroless-test"]
}

target "greeter" {
  context    = "."
  dockerfile = "Dockerfile"
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

target "greeter-distroless" {
  context    = "."
  dockerfile = "Dockerfile.distroless"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("greeter-distroless")]
}

target "greeter-distroless-test" {
  inherits  = ["greeter-distroless"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=wFjQ=0Qs2.=xTm9=u5KV=0Qs2.=kqDZ=kaHf=uNXG=FkAp=mPZq=0Qs2.=48iE=Tmmz=IIDT=XfNF=2ylb=5xhy=0Qs2.=UNOm=kaHf=HskZ=FkAp=IXjt=0Qs2.=dP0o=fLem=IIDT=XfNF=2ylb=5xhy=0Qs2 HvWlu3
