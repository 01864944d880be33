package rust

import "github.com/dockgen/dockgen/internal/plan"

// starter is a server with nothing in it yet.
var starter = plan.Starter{
	Files: map[string][]byte{
		"Cargo.toml": []byte("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
		"Cargo.lock": []byte("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n"),
		"src/main.rs": []byte(`use std::io::{Read, Write};

fn main() {
    let port = std::env::var("PORT").unwrap_or("8080".to_string());
    let listener = std::net::TcpListener::bind(format!("0.0.0.0:{port}")).unwrap();
    for mut stream in listener.incoming().flatten() {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nIt runs.\n");
    }
}
`),
	},
	Assumes: []string{
		"Cargo.toml and Cargo.lock here, of a package called app with src/main.rs",
	},
	Listens: "it listens on PORT, else on %d",
}
