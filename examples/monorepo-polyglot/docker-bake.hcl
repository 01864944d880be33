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
  targets = ["greeter", "shout", "guestbook", "orders", "shop"]
}

group "test" {
  targets = ["greeter-test", "shout-test", "guestbook-test", "orders-test", "shop-test"]
}

target "greeter" {
  context    = "jobs/greeter"
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

target "shout" {
  context    = "jobs/shout"
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

target "guestbook" {
  context    = "services/gateway"
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

target "orders" {
  context    = "services/orders"
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("orders")]
}

target "orders-test" {
  inherits  = ["orders"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}

target "shop" {
  context    = "services/shop"
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("shop")]
}

target "shop-test" {
  inherits  = ["shop"]
  target    = "test"
  platforms = []
  tags      = []
  output    = ["type=cacheonly"]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=WbQV=0Qs2.=xTm9=IP0f=0Qs2.=kqDZ=Wij4=uNXG=FkAp=mPZq=0Qs2.=48iE=Tmmz=IIDT=XfNF=2ylb=5xhy=0Qs2.=GAQD=bOtA=uNXG=FkAp=-uQu=0Qs2.=prmc=iELt=IIDT=XfNF=2ylb=5xhy=0Qs2.=q4-O=X5fg=uNXG=FkAp=sTbn=0Qs2.=9HH_=Fp7U=IIDT=XfNF=2ylb=5xhy=0Qs2.=PXPS=kOU3=uNXG=FkAp=82kJ=0Qs2.=VA6E=1d6w=IIDT=XfNF=2ylb=5xhy=0Qs2.=P9lL=VUod=uNXG=FkAp=N2J_=0Qs2.=xAJ7=4Cwq=IIDT=XfNF=2ylb=5xhy=0Qs2 -RcDBD
