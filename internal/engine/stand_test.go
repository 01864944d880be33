package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

const nodePort = "\nrequire('http').createServer().listen(process.env.PORT || 3000)\n"

// TestStandsOn holds what services stand on, each told as "kind: NAME=value", against trees.
func TestStandsOn(t *testing.T) {
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range standings {
		t.Run(name, func(t *testing.T) {
			tree := detecttest.Tree(t, txtar.Parse([]byte(c.files)))
			found, err := e.Detect(t.Context(), tree, engine.Request{Overrides: plan.Overrides{StandsOn: c.answers}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range found.Services {
				for _, on := range s.Stands {
					var told []string
					for _, v := range on.Told {
						told = append(told, v.Name+"="+v.Value)
					}
					line := s.Name + " " + on.Kind + on.Version + ": " + strings.Join(told, " ")
					if on.Open != "" {
						line += "but " + on.Open
					}
					got = append(got, strings.TrimSpace(line))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

var standings = map[string]struct {
	files   string
	answers []string
	want    []string
}{
	"an address by default": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"pg":"8"}}
-- main.js --
const db = process.env.DATABASE_URL ?? "postgres://shop:x@localhost:5432/goods?schema=public"` + nodePort,
		want: []string{"shop postgres: DATABASE_URL=postgres://{user}:{password}@{host}:{port}/{name}?schema=public"},
	},
	"in parts": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"mysql2":"3","ioredis":"5"}}
-- main.js --
const db = { host: process.env.DB_HOST, port: process.env.DB_PORT, user: process.env.DB_USER, password: process.env.DB_PASS, database: process.env.DB_NAME, pool: process.env.DB_POOL_SIZE }
const cache = { host: process.env.REDIS_HOST || "localhost", ttl: process.env.REDIS_TTL }` + nodePort,
		want: []string{
			"shop mysql: DB_HOST={host} DB_PORT={port} DB_USER={user} DB_PASS={password} DB_NAME={name}",
			"shop redis: REDIS_HOST={host}",
		},
	},
	"a library without any hint of an address": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"pg":"8","nodemailer":"6","@aws-sdk/client-s3":"3"}}
-- main.js --
` + nodePort,
		want: []string{"shop postgres: but nothing says by which variable it is told where: --stands-on postgres=NAME does"},
	},
	"which an answer gives": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"pg":"8","ioredis":"5"}}
-- main.js --
const url = process.env.REDIS_URL` + nodePort,
		answers: []string{"postgres=PRIMARY", "redis=none"},
		want:    []string{"shop postgres: PRIMARY=postgresql://{user}:{password}@{host}:{port}/{name}"},
	},
	"two databases, and a variable that may mean either": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"pg":"8","mongodb":"6"}}
-- main.js --
const url = process.env.DATABASE_URL, m = process.env.MONGO_URI` + nodePort,
		want: []string{
			"shop postgres: but nothing says by which variable it is told where: --stands-on postgres=NAME does",
			"shop mongo: MONGO_URI=mongodb://{user}:{password}@{host}:{port}/{name}?authSource=admin",
		},
	},
	"which an example of .env settles": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"pg":"8","mongodb":"6"}}
-- main.js --
const url = process.env.DATABASE_URL, m = process.env.MONGO_URI` + nodePort + `
-- .env.example --
DATABASE_URL="mongodb://localhost/shop" # the main one
`,
		want: []string{
			"shop postgres: but nothing says by which variable it is told where: --stands-on postgres=NAME does",
			"shop mongo: DATABASE_URL=mongodb://{user}:{password}@{host}:{port}/{name}?authSource=admin MONGO_URI=mongodb://{user}:{password}@{host}:{port}/{name}?authSource=admin",
		},
	},
	"a variable that two services read for different databases": {
		files: `
-- a/package.json --
{"name":"a","scripts":{"start":"node main.js"},"dependencies":{"pg":"8"}}
-- a/main.js --
const url = process.env.DATABASE_URL` + nodePort + `
-- b/package.json --
{"name":"b","scripts":{"start":"node main.js"},"dependencies":{"mysql2":"3"}}
-- b/main.js --
const url = process.env.DATABASE_URL` + nodePort + `
-- .env.example --
DATABASE_URL=postgres://localhost/a
`,
		want: []string{
			"a postgres: DATABASE_URL=postgres://{user}:{password}@{host}:{port}/{name}",
			"b mysql: DATABASE_URL=mysql://{user}:{password}@{host}:{port}/{name}",
		},
	},
	"what the project's own compose file runs": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.js"},"dependencies":{"mysql2":"3","ioredis":"5","pg":"8"}}
-- main.js --
const url = process.env.MYSQL_URL, r = process.env.REDIS_URL, p = process.env.PG_URL` + nodePort + `
-- docker-compose.yml --
services:
  db:
    image: mariadb:10.11
  pg:
    image: "postgis/postgis:16-3.4"
  cache:
    image: valkey/valkey:8-alpine
`,
		want: []string{
			"shop postgres~16: PG_URL=postgresql://{user}:{password}@{host}:{port}/{name}",
			"shop mariadb~10.11: MYSQL_URL=mysql://{user}:{password}@{host}:{port}/{name}",
			"shop valkey~8: REDIS_URL=redis://{host}:{port}/0",
		},
	},
	"variables of a schema, in a compiled program": {
		files: `
-- package.json --
{"name":"shop","scripts":{"start":"node main.mjs"},"dependencies":{"@prisma/client":"6","zod":"4","bullmq":"5"},"devDependencies":{"prisma":"6"}}
-- main.mjs --
import "./env.mjs"
import http from "node:http"
http.createServer().listen(3000)
-- env.mjs --
import { z } from "zod"
export const env = z.object({ DATABASE_URL: z.string().url(), REDIS_URL: z.string().default("redis://localhost:6379/2"), SMTP_FROM: z.string() }).parse(process.env)
-- prisma/schema.prisma --
generator client {
  provider = "prisma-client-js"
}
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
`,
		want: []string{
			"shop postgres: DATABASE_URL=postgresql://{user}:{password}@{host}:{port}/{name}",
			"shop redis: REDIS_URL=redis://{host}:{port}/2",
		},
	},
	"Django, with what it has in development last": {
		files: `
-- requirements.txt --
django==5.2
dj-database-url==2.3
psycopg[binary]==3.2
celery[redis]==5.5
gunicorn==23
-- manage.py --
import os
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
-- shop/__init__.py --
-- shop/settings.py --
import os
import dj_database_url
DATABASES = {"default": dj_database_url.config(default="sqlite:///db.sqlite3")}
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "redis://localhost:6379/1")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
WSGI_APPLICATION = "shop.wsgi.application"
-- shop/wsgi.py --
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = None
`,
		want: []string{
			"app postgres: DATABASE_URL=postgresql://{user}:{password}@{host}:{port}/{name}",
			"app redis: CELERY_BROKER_URL=redis://{host}:{port}/1",
		},
	},
	"settings of pydantic, and SQLAlchemy's scheme": {
		files: `
-- requirements.txt --
fastapi==0.116
uvicorn==0.35
sqlalchemy==2.0
asyncpg==0.30
pydantic-settings==2.10
-- main.py --
from fastapi import FastAPI
from settings import settings
app = FastAPI()
-- settings.py --
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    database_url: str
    debug: bool = False
settings = Settings()
`,
		want: []string{"app postgres: DATABASE_URL=postgresql+asyncpg://{user}:{password}@{host}:{port}/{name}"},
	},
	"Go by the module that it imports, and the DSN of its driver": {
		files: `
-- go.mod --
module example.com/shop

go 1.26

require (
	github.com/go-sql-driver/mysql v1.9.0
	github.com/lib/pq v1.10.0
	github.com/redis/go-redis/v9 v9.0.0
)
-- go.sum --
-- main.go --
package main

import (
	"cmp"
	"database/sql"
	"net/http"
	"os"

	_ "github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

type config struct {
	Cache string ` + "`env:\"CACHE_ADDR\" envDefault:\"localhost:6379\"`" + `
}

func main() {
	sql.Open("mysql", os.Getenv("DATABASE_DSN"))
	redis.NewClient(nil)
	http.ListenAndServe(cmp.Or(os.Getenv("ADDR"), ":8080"), nil)
}
`,
		want: []string{
			"shop mysql: DATABASE_DSN={user}:{password}@tcp({host}:{port})/{name}?parseTime=true",
			"shop redis: CACHE_ADDR={host}:{port}",
		},
	},
	"Spring Boot by its settings": {
		files: `
-- pom.xml --
<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>shop</artifactId><version>1</version>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>
<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-redis</artifactId></dependency>
<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><scope>runtime</scope></dependency>
</dependencies>
<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
-- src/main/resources/application.yml --
spring:
  datasource:
    url: jdbc:postgresql://localhost:5432/goods
    username: ${DB_LOGIN:me}
-- src/main/java/App.java --
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
@SpringBootApplication
class App { public static void main(String[] a) { SpringApplication.run(App.class, a); } }
`,
		want: []string{
			"shop postgres: SPRING_DATASOURCE_URL=jdbc:postgresql://{host}:{port}/{name} DB_LOGIN={user} SPRING_DATASOURCE_PASSWORD={password}",
			"shop redis: SPRING_DATA_REDIS_HOST={host} SPRING_DATA_REDIS_PORT={port}",
		},
	},
	"Rust by the features of a crate": {
		files: `
-- Cargo.toml --
[package]
name = "shop"
version = "0.1.0"
edition = "2024"
[dependencies]
axum = "0.8"
sqlx = { version = "0.8", features = ["runtime-tokio", "postgres"] }
redis = "0.32"
-- Cargo.lock --
version = 4
[[package]]
name = "axum"
version = "0.8.0"
[[package]]
name = "redis"
version = "0.32.0"
[[package]]
name = "shop"
version = "0.1.0"
dependencies = ["axum", "redis", "sqlx"]
[[package]]
name = "sqlx"
version = "0.8.0"
-- src/main.rs --
fn main() {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL");
    let cache = std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1/3".into());
    axum::serve("0.0.0.0:8080", url, cache);
}
`,
		want: []string{
			"shop postgres: DATABASE_URL=postgresql://{user}:{password}@{host}:{port}/{name}",
			"shop redis: REDIS_URL=redis://{host}:{port}/3",
		},
	},
	"an address that is for a program of another stack": {
		files: `
-- requirements.txt --
flask==3.1
gunicorn==23
-- app.py --
import os
from flask import Flask
app = Flask(__name__)
u = os.environ.get("REDIS_URL")
`,
		want: nil,
	},
}
