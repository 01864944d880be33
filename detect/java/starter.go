package java

import "github.com/dockgen/dockgen/internal/plan"

// starter is a Spring Boot application with nothing in it yet.
var starter = plan.Starter{
	Files: map[string][]byte{
		"pom.xml": []byte(`<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>4.1.1</version>
  </parent>
  <groupId>com.example</groupId>
  <artifactId>app</artifactId>
  <version>0.0.1</version>
  <properties><java.version>25</java.version></properties>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
  </dependencies>
  <build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
`),
		"src/main/java/com/example/App.java": []byte(`package com.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@SpringBootApplication
public class App {
    public static void main(String[] args) { SpringApplication.run(App.class, args); }

    @GetMapping("/")
    String index() { return "It runs."; }
}
`),
	},
	Assumes: []string{
		"a pom.xml here, of a Spring Boot application called app for Java 25, built by the Maven image",
	},
	Listens: "it listens on port %d",
}
