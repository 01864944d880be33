module example.com/whisper

go 1.26

require modules.dockgen.test/secret v1.0.0
