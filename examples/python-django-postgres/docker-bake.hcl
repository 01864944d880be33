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
  targets = ["app", "app-worker"]
}

target "app" {
  context    = "."
  dockerfile = "Dockerfile"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("app")]
}

target "app-worker" {
  context    = "."
  dockerfile = "Dockerfile.app-worker"
  platforms  = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  tags       = [image("app-worker")]
}
# dockgen:lines - .=9y6C=jnUM=0Qs2.=34gS=8gsf=0Qs2.=pbYZ=jnUM=0Qs2.=a5l1=Gf1i=uR_l=0Qs2.=5xLe=a7Wx=0Qs2.=34np=kaHf=uNXG=FkAp=3D_y=0Qs2.=Eprz=kaHf=NVEK=FkAp=3UII=0Qs2 dsl8h9
