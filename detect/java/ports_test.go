package java

import (
	"strings"
	"testing"
)

// TestOpens reads the port that a program opens out of one file.
func TestOpens(t *testing.T) {
	config := map[string]string{
		"Config": "class Config { static final int PORT = 7001; static int port() { return Integer.parseInt(System.getenv(\"APP_PORT\")); } }",
	}
	javalin := func(more, port string) string {
		return "import io.javalin.Javalin;\nclass A {\n" + more + "\n void m() { Javalin.create().start(" + port + "); } }"
	}
	ktor := func(call string) string { return "import io.ktor.server.netty.Netty\nfun main() {\n " + call + "\n}" }
	for _, c := range []struct{ name, text, want string }{
		{"a number", javalin("", "7_070"), "7070"},
		{"none", javalin("", ""), "8080"},
		{"a constant", javalin("static final int PORT = 7000;", "PORT"), "7000"},
		{"a method", javalin(`static int p() { return Integer.valueOf(System.getenv().getOrDefault("PORT", "7070")); }`, "p()"), "PORT, else 7070"},
		{"a method with two ends", javalin("static int p() {\n if (System.getenv(\"PORT\") != null) { return Integer.parseInt(System.getenv(\"PORT\")); }\n return 4567;\n}", "p()"), "PORT, else 4567"},
		{"a method by a name of its own", javalin("static final int USUAL = 7002;\nint p() {\n String v = System.getenv(\"PORT\");\n return v == null ? USUAL : Integer.parseInt(v);\n}", "p()"), "PORT, else 7002"},
		{"a constant of another class", javalin("", "Config.PORT"), "7001"},
		{"a method of another class", javalin("", "Config.port()"), "APP_PORT"},
		{"a class that is not there", javalin("", "Other.PORT"), "an address that cannot be read from the source"},
		{"a choice", javalin(`String v = System.getenv("PORT"); int p = v != null ? Integer.parseInt(v) : 8000;`, "p"), "PORT, else 8000"},
		{"a property of the JVM", javalin("", `Integer.parseInt(System.getProperty("port", "9001"))`), "9001"},
		{"a parameter", javalin("", "config.http().port()"), "an address that cannot be read from the source"},
		{"Ktor, by place", ktor("embeddedServer(Netty, 8081, module = Application::m).start()"), "8081"},
		{"Ktor, by name", ktor("embeddedServer(factory = Netty, port = 8082) {}"), "8082"},
		{"Ktor, behind the host", ktor(`embeddedServer(CIO, host = "0.0.0.0", port = 8083) {}`), "8083"},
		{"Ktor, on lines", ktor("embeddedServer(\n Netty,\n port = System.getenv(\"PORT\")?.toInt() ?: 8084,\n host = \"0.0.0.0\",\n) {}"), "PORT, else 8084"},
		{"Ktor's own", ktor("embeddedServer(Netty) {}"), "80"},
		{"Ktor's own with a module", ktor("embeddedServer(Netty, module = Application::m)"), "80"},
		{"Ktor, by a connector", ktor("embeddedServer(Netty, configure = { connectors.add(EngineConnectorBuilder().apply {\n host = \"0.0.0.0\"\n port = 8085\n }) }) {}"), "8085"},
		{"Ktor, in an environment", ktor("val env = applicationEngineEnvironment { connector { port = 8086 } }\n embeddedServer(Netty, environment = env)"), "8086"},
		{"Ktor, by what is not known", ktor("embeddedServer(Netty, port = config.port) {}"), "an address that cannot be read from the source"},
		{"Ktor, by a function", ktor("embeddedServer(Netty, port = port()) {}") + "\nfun port(): Int = System.getenv(\"PORT\")?.toInt() ?: 8087", "PORT, else 8087"},
		{"Vert.x", "import io.vertx.core.Vertx;\nclass A { void m() { server.listen(config().getInteger(\"http.port\", 8888)); } }", "8888"},
		{"Vert.x, by options", "import io.vertx.core.Vertx;\nclass A { void m() { v.createHttpServer(new HttpServerOptions().setHost(h).setPort(8089)).listen(); } }", "8089"},
		{"Vert.x, a client's", "import io.vertx.core.Vertx;\nclass A { void m() { new PgConnectOptions().setPort(5432); } }", ""},
		{"gRPC", "import io.grpc.ServerBuilder;\nclass A { void m() { ServerBuilder.forPort(50051).build(); } }", "50051"},
		{"an address", "import com.sun.net.httpserver.HttpServer;\nclass A { void m() { HttpServer.create(new InetSocketAddress(\"0.0.0.0\", 8090), 0); } }", "8090"},
		{"not closed", javalin("", "\"")[:60], ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range opens("A.kt", c.text, func(name string) string { return config[name] }) {
				got = append(got, l.String())
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%q instead of %q in\n%s", strings.Join(got, ", "), c.want, c.text)
			}
		})
	}
}
