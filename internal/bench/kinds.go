package main

import (
	"fmt"
	"strings"

	"github.com/dockgen/dockgen/internal/plan"
)

// kind is how a service of one stack is written.
type kind struct {
	stack string
	write func(*service, map[string]string)
}

// kinds are the stacks of a fleet, in turn.
var kinds = []kind{
	{"go", (*service).golang},
	{"node", (*service).node},
	{"python", (*service).python},
	{"java", (*service).java},
	{"rust", (*service).rust},
}

// kindsOf are the kinds whose stack there is.
func kindsOf(stacks []plan.Stack) []func(*service, map[string]string) {
	var known []func(*service, map[string]string)
	for _, k := range kinds {
		for _, s := range stacks {
			if s.Name == k.stack {
				known = append(known, k.write)
			}
		}
	}
	return known
}

// sources writes so many files of program text, of four to twelve kilobytes.
func (s *service) sources(files map[string]string, pattern string, n int, head, part string) {
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, head, i)
		for j := range 20 + s.random.IntN(40) {
			b.WriteString(strings.NewReplacer("NOUN", nouns[s.random.IntN(len(nouns))], "NUMBER", fmt.Sprint(j)).Replace(part))
		}
		files[fmt.Sprintf(pattern, i)] = b.String()
	}
}

// node is an Express service without a build.
func (s *service) node(files map[string]string) {
	files["package.json"] = fmt.Sprintf(`{
  "name": %q,
  "version": "1.0.0",
  "private": true,
  "engines": { "node": ">=24" },
  "scripts": { "start": "node src/server.js", "test": "node --test" },
  "dependencies": { "express": "^5.1.0" }
}
`, s.name)
	var lock strings.Builder
	fmt.Fprintf(&lock, "{\n  \"name\": %q,\n  \"version\": \"1.0.0\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n  \"packages\": {\n", s.name)
	fmt.Fprintf(&lock, "    \"\": { \"name\": %q, \"version\": \"1.0.0\", \"dependencies\": { \"express\": \"^5.1.0\" }, \"engines\": { \"node\": \">=24\" } },\n", s.name)
	for i := range lockedBy {
		noun := nouns[i%len(nouns)]
		fmt.Fprintf(&lock, npmPackage, noun, i, i, s.hash(), noun, max(0, i-len(nouns)))
	}
	lock.WriteString("    \"node_modules/express\": { \"version\": \"5.1.0\", \"license\": \"MIT\" }\n  }\n}\n")
	files["package-lock.json"] = lock.String()
	files["src/server.js"] = "const express = require('express');\nconst app = express();\napp.get('/healthz', (req, res) => res.send('ok'));\napp.listen(process.env.PORT || 3000);\n"
	files["test/server.test.js"] = "const test = require('node:test');\ntest('it holds', () => {});\n"
	s.sources(files, "src/lib/part%d.js", 30, "// Part %d.\n'use strict';\n", "exports.NOUNNUMBER = function (input) {\n  if (!input) throw new Error('no NOUN');\n  return { kind: 'NOUN', number: NUMBER, input };\n};\n")
}

// lockedBy is how many packages a lockfile names, as those of real services do.
const lockedBy = 150

const npmPackage = `    "node_modules/%s-%d": {
      "version": "1.%d.0",
      "resolved": "https://packages.example.com/package.tgz",
      "integrity": "sha512-%s",
      "license": "MIT",
      "dependencies": { "%s-%d": "^1.0.0" },
      "engines": { "node": ">= 18" }
    },
`

const cratesPackage = `
[[package]]
name = "%s-%d"
version = "1.%d.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "%s"
dependencies = [
 "%s-%d",
]
`

// hash is as long as one of SHA-256.
func (s *service) hash() string {
	return fmt.Sprintf("%016x%016x%016x%016x", s.random.Uint64(), s.random.Uint64(), s.random.Uint64(), s.random.Uint64())
}

// python is a FastAPI service with requirements.
func (s *service) python(files map[string]string) {
	requirements := "fastapi==0.116.1\nuvicorn==0.35.0\n"
	for i := range lockedBy {
		requirements += fmt.Sprintf("%s-%d==1.%d.0 \\\n    --hash=sha256:%s\n", nouns[i%len(nouns)], i, i, s.hash())
	}
	files["requirements.txt"] = requirements
	files[".python-version"] = "3.13\n"
	files["main.py"] = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/healthz')\ndef healthz():\n    return 'ok'\n"
	files["tests/test_main.py"] = "def test_nothing():\n    assert True\n"
	files["parts/__init__.py"] = ""
	s.sources(files, "parts/part%d.py", 30, "\"\"\"Part %d.\"\"\"\n", "\n\ndef NOUN_NUMBER(value):\n    \"\"\"Gives a NOUN.\"\"\"\n    if not value:\n        raise ValueError('no NOUN')\n    return {'kind': 'NOUN', 'number': NUMBER, 'value': value}\n")
}

// java is a Spring Boot service built by Maven.
func (s *service) java(files map[string]string) {
	files["pom.xml"] = fmt.Sprintf(pomFile, s.name)
	files["src/main/java/com/example/Application.java"] = "package com.example;\n\nimport org.springframework.boot.SpringApplication;\nimport org.springframework.boot.autoconfigure.SpringBootApplication;\n\n@SpringBootApplication\npublic class Application {\n  public static void main(String[] args) {\n    SpringApplication.run(Application.class, args);\n  }\n}\n"
	files["src/main/resources/application.properties"] = "server.port=8080\n"
	files["src/test/java/com/example/ApplicationTests.java"] = "package com.example;\n\nclass ApplicationTests {}\n"
	s.sources(files, "src/main/java/com/example/parts/Part%d.java", 30, "package com.example.parts;\n\npublic class Part%d {\n", "  public static String NOUNNUMBER(String value) {\n    if (value == null) throw new IllegalArgumentException(\"no NOUN\");\n    return \"NOUN NUMBER \" + value;\n  }\n")
}

const pomFile = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.5.5</version>
    <relativePath/>
  </parent>
  <groupId>com.example</groupId>
  <artifactId>%s</artifactId>
  <version>1.0.0</version>
  <properties><java.version>21</java.version></properties>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
  </dependencies>
  <build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
`

// rust is a program whose dependencies the lockfile names.
func (s *service) rust(files map[string]string) {
	files["Cargo.toml"] = fmt.Sprintf("[package]\nname = %q\nversion = \"1.0.0\"\nedition = \"2024\"\nrust-version = \"1.85\"\n", s.name)
	lock := fmt.Sprintf("version = 4\n\n[[package]]\nname = %q\nversion = \"1.0.0\"\ndependencies = [\n \"account-0\",\n]\n", s.name)
	for i := range lockedBy {
		lock += fmt.Sprintf(cratesPackage, nouns[i%len(nouns)], i, i, s.hash(), nouns[(i+1)%len(nouns)], (i+1)%lockedBy)
	}
	files["Cargo.lock"] = lock
	files["src/main.rs"] = "use std::net::TcpListener;\n\nfn main() {\n    let listener = TcpListener::bind(\"0.0.0.0:8080\").unwrap();\n    for stream in listener.incoming() {\n        drop(stream);\n    }\n}\n"
	s.sources(files, "src/parts/part%d.rs", 30, "//! Part %d.\n", "\npub fn NOUN_NUMBER(value: &str) -> String {\n    assert!(!value.is_empty(), \"no NOUN\");\n    format!(\"NOUN NUMBER {value}\")\n}\n")
}
