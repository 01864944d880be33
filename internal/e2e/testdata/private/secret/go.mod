module modules.dockgen.test/secret

go 1.26
