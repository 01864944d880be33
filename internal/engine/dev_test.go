package engine_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

// TestDevelops holds what starts in the stage for development, and what compose does there
// with an edit of a source.
func TestDevelops(t *testing.T) {
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ files, command, action, exec string }{
		"Spring Boot": {
			springBoot("org.springframework.boot", "spring-boot-starter-actuator"),
			"mvn -B -ntp spring-boot:run", plan.SyncRestart, "",
		},
		"Spring Boot with its DevTools": {
			springBoot("org.springframework.boot", "spring-boot-devtools"),
			"mvn -B -ntp spring-boot:run", plan.SyncExec, "mvn -B -ntp compile",
		},
		"a module among several": {
			strings.Replace(springBoot("org.springframework.boot", "spring-boot-devtools"), "-- pom.xml --", `-- pom.xml --
<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>
<modules><module>shop</module><module>lib</module></modules></project>
-- lib/pom.xml --
<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>lib</artifactId><version>1</version></project>
-- shop/pom.xml --`, 1),
			"sh -c mvn -B -ntp -pl shop -am -DskipTests package && exec java -jar shop/target/shop-1.jar", plan.SyncRestart, "",
		},
		"Rust": {
			`
-- Cargo.toml --
[package]
name = "shop"
version = "0.1.0"
edition = "2024"
[dependencies]
axum = "0.8"
-- Cargo.lock --
version = 4
[[package]]
name = "axum"
version = "0.8.0"
[[package]]
name = "shop"
version = "0.1.0"
dependencies = ["axum"]
-- src/main.rs --
fn main() { axum::serve("0.0.0.0:8080"); }
`,
			"cargo run --locked", plan.SyncRestart, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := c.files
			if strings.Contains(files, "-- shop/pom.xml") {
				files = strings.ReplaceAll(files, "-- src/", "-- shop/src/")
			}
			result, err := e.Generate(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(files))), engine.Request{Overrides: plan.Overrides{Dev: true}})
			if err != nil {
				t.Fatal(err)
			}
			o := result.Outcomes[0]
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			if d := o.Plan.Development; d == nil || strings.Join(d.Command, " ") != c.command {
				t.Fatalf("starts %+v", d)
			}
			last := o.Plan.Watch[len(o.Plan.Watch)-1]
			if last.Action != c.action || last.Exec != c.exec || !strings.HasPrefix(last.To, "/src") {
				t.Errorf("an edit: %+v", last)
			}
		})
	}
}

// springBoot is a program of Spring Boot with one dependency more.
func springBoot(group, artifact string) string {
	return `
-- pom.xml --
<project><modelVersion>4.0.0</modelVersion>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>
<groupId>com.example</groupId><artifactId>shop</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
<dependency><groupId>` + group + `</groupId><artifactId>` + artifact + `</artifactId><scope>runtime</scope></dependency>
</dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
-- src/main/java/App.java --
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
@SpringBootApplication
class App { public static void main(String[] a) { SpringApplication.run(App.class, a); } }
`
}
