package rust

import "github.com/dockgen/dockgen/internal/plan"

// starter is a server with nothing in it yet.
var starter = plan.Starter{
	Files: map[string][]byte{
		"Cargo.toml":  []byte("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
		"Cargo.lock":  []byte("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n"),
		"src/main.rs": []byte("fn main() {\n    let port = std::env::var(\"PORT\").unwrap_or(\"8080\".to_string());\n    std::net::TcpListener::bind(format!(\"0.0.0.0:{port}\")).unwrap();\n}\n"),
	},
	Assumes: []string{
		"Cargo.toml and Cargo.lock here, of a package called app with src/main.rs",
	},
	Listens: "it listens on PORT, else on %d",
}
