package rust_test

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/rust"
	"github.com/dockgen/dockgen/internal/plan"
)

// FuzzManifest gives the reader of Cargo.toml whatever comes: it answers with a
// position inside the file or with a package whose Dockerfile has the same
// instructions as any other's.
func FuzzManifest(f *testing.F) {
	for _, seed := range []string{
		"[package]\nname = \"a\"\nversion = \"0.1.0\"\n", "", "[package]\nname = \"a\\nRUN evil\"\n", "\ufeff[package]\r\nname = \"a\"\r\n",
		"[package]\nname = \"a\"\ndefault-run = \"b\"\n[[bin]]\nname = \"b\"\npath = \"src/main.rs\"\nrequired-features = [\"x; evil\"]\n",
		"[package]\nname = \"a\"\nbuild = \"a\\nb.rs\"\n[dependencies]\nx = \"1\"\n", "[package]\nname = \"a\"\n[lib]\npath = \"../../x.rs\"\n",
		"[package]\nname = \"a\"\nrust-version = \"1.x\"\nedition = 2021\n[dependencies.b]\npath = \"b\"\n[patch.crates-io]\nb = { path = \"b\" }\n",
		"[workspace]\nmembers = [\"b\", \"**\", \"[\"]\ndefault-members = [\"b\"]\n[package]\nname = \"a\"\nversion.workspace = true\n",
		"[package]\nname = \"a\"\n[lints.rust]\ndead_code = \"deny\"\n\"$(evil)\" = \"deny\"\n[dependencies]\nx = \"1\"\n",
		"[package]\nname = \"a\"\n[[bench]]\npath = \"'; evil\"\nname = \"x\"\n[dependencies]\nx = { git = \"ssh://x\", registry = \"y\" }\n",
	} {
		f.Add(seed)
	}
	printer := printing(f)
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"Cargo.toml": text, "src/main.rs": "fn main() {}\n", "b/Cargo.toml": "[package]\nname = \"b\"\n", "b/src/lib.rs": ""})
	})
}

// FuzzClosure gives the packages of a workspace whatever members, dependencies
// and locks come.
func FuzzClosure(f *testing.F) {
	f.Add("[workspace]\nmembers = [\"a\", \"b\"]\n", "[dependencies]\nb = { path = \"../b\" }\n", "[dependencies]\na = { path = \"../a\" }\n", "")
	f.Add("[workspace]\nmembers = [\"*\"]\nexclude = [\"b\"]\n", "[dev-dependencies]\nb = { path = \"../b\" }\n", "", "[[package]]\nname = \"a\"\ndependencies = [\"a\", \"\"]\n")
	f.Add("[workspace]\nmembers = [\"a\"]\n[patch.x]\nb = { path = \"b\" }\n", "[dependencies]\nb.workspace = true\n", "[workspace]\n", "[[package]]\nname = \"openssl-sys\"\nsource = \"x\"\n")
	f.Add("[workspace]\n[workspace.dependencies]\nb = { path = \"../../b\" }\n", "workspace = \"..\"\n[dependencies]\nb.workspace = true\n", "workspace = \"../a\"\n", "[[package]]\nname = 1\n")
	printer := printing(f)
	f.Fuzz(func(t *testing.T, root, a, b, lock string) {
		printer.Print(t, map[string]string{
			"Cargo.toml": root, "Cargo.lock": lock,
			"a/Cargo.toml": "[package]\nname = \"a\"\n" + a, "a/src/main.rs": "fn main() {}\n",
			"b/Cargo.toml": "[package]\nname = \"b\"\n" + b, "b/src/lib.rs": "",
		})
	})
}

// FuzzSources gives the reader of Rust sources whatever comes.
func FuzzSources(f *testing.F) {
	for _, seed := range []string{
		"fn main() {}", "fn main() { TcpListener::bind(\"0.0.0.0:1\") }", "const A: u16 = B; const B: u16 = A; fn main() { TcpListener::bind(A) }",
		"fn f() -> u16 { g() } fn g() -> u16 { f() } fn main() { TcpListener::bind(f()) }", "fn main() { TcpListener::bind(env::var(\"A B\\nRUN\")) }",
		"'", "'\\", "r#\"", "/* /*", "b'x' 'a 'ä' '\\u{1F600}' r##\"x\"#\"##", "#[cfg(test)]", "#[", "let", "let x", "fn", "bind(", "Server::<T>::bind(a", "\"\\",
		"fn main() { std::fs::read_to_string(\"a b\\u{0}\"); File::open(\"src\"); File::open(\"../..\"); ServeDir::new(\"b\\nRUN\") }",
		"#[arg(env, default_value_t = 99999999999999999999)] port: u16, fn main() { TcpListener::bind((host, port)) }", "include_str!(\"../../../etc/passwd\")", "include_str!(\"../b/src/lib.rs\")",
	} {
		f.Add(seed)
	}
	printer := printing(f)
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\naxum = \"1\"\nwarp = \"1\"\n", "src/main.rs": text, "b/src/lib.rs": ""})
	})
}

// FuzzNeighbours gives the readers of the files beside a Cargo.toml whatever comes.
func FuzzNeighbours(f *testing.F) {
	f.Add("[toolchain]\nchannel = \"1.89.0\"\n", "[build]\ntarget = \"x86_64-unknown-linux-musl\"\n", "[default]\nport = 9000\n", "rust 1.88.0\n")
	f.Add("1.80", "[build]\nrustc-wrapper = \"a\"\n[source.x]\ndirectory = \"../x\"\n", "[release]\nport = -1\n", "rust nightly\n")
	f.Add("[toolchain]\ntargets = [\"a b\"]\n", "[target.'cfg(linux)']\nlinker = \"a;b\"\nrustflags = \"-C linker=clang\"\n", "x", "")
	f.Add("[toolchain", "[build]\ntarget = \"x-linux-gnu$(evil)\"\n", "[default]\ntemplate_dir = \"a\\nb\"\n", "rust ref:x\n")
	printer := printing(f)
	f.Fuzz(func(t *testing.T, toolchain, config, rocket, tools string) {
		printer.Print(t, map[string]string{
			"rust-toolchain.toml": toolchain, ".cargo/config.toml": config, "Rocket.toml": rocket, ".tool-versions": tools,
			"Cargo.toml": "[package]\nname = \"a\"\n[dependencies]\nrocket = \"0.5\"\n", "src/main.rs": "fn main() {}\n", "templates/x": "",
		})
	})
}

// FuzzWeb gives the readers of what tools for browsers are told whatever comes.
func FuzzWeb(f *testing.F) {
	lock := "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.100\"\n[[package]]\nname = \"dioxus\"\nversion = \"0.7.3\"\nsource = \"registry+x\"\n[[package]]\nname = \"a\"\n"
	f.Add("<link data-trunk rel=\"rust\" data-bin=\"a\" data-cargo-features=\"x\">", "trunk-version = \"0.21\"\n[build]\npublic_url = \"/x/\"\n", "", lock)
	f.Add("<!-- <link data-trunk", "[build]\ndist = \"../..\"\ntarget = \"index.html\"\nhtml_output = \"a b;\"\n", "[package.metadata.trunk.build]\ndist = \"a\\nRUN evil\"\n", lock)
	f.Add("<link data-trunk rel=rust data-cargo-profile='x; evil' data-bin>", "[build]\npublic_url = \"/a b/$(evil)\"\n", "[features]\nx = []\n", "[[package]]\nname = \"wasm-bindgen\"\nversion = \"1; evil\"\n")
	f.Add("", "", "[package.metadata.leptos]\nsite-addr = \"[::]:99\"\nsite-root = \"a\\nUSER root\"\noutput-name = \"x\"\nhash-files = true\n", lock)
	f.Add("", "", "[package.metadata.leptos]\nbin-features = [\"ssr\"]\nlib-profile-release = \"w\"\nstyle-file = \"../x.scss\"\n[lib]\npath = \"src/main.rs\"\n", lock)
	f.Add("", "", "[dependencies]\ndioxus = { version = \"0.7\", features = [\"web\", \"fullstack\"] }\n", lock)
	f.Add("", "", "[dependencies.d]\npackage = \"dioxus\"\nfeatures = [\"web\"]\n", "[[package]]\nname = \"dioxus\"\nversion = \"0.6.0\\nRUN evil\"\nsource = \"registry+x\"\n")
	printer := printing(f)
	f.Fuzz(func(t *testing.T, page, trunk, manifest, lock string) {
		files := map[string]string{"Cargo.toml": "[package]\nname = \"a\"\n" + manifest, "Cargo.lock": lock, "src/main.rs": "fn main() {}\n"}
		if page != "" || trunk != "" {
			files["index.html"], files["Trunk.toml"] = page, trunk
		}
		printer.Print(t, files)
	})
}

// printing prints with every cache.
func printing(f *testing.F) *detecttest.Printer {
	f.Helper()
	var caches []plan.Overrides
	for _, cache := range rust.Stack().Options[0].Values {
		caches = append(caches, plan.Overrides{Own: plan.Own{rust.Stack().Options[0].Key: {Words: []string{cache}}}})
	}
	return detecttest.NewPrinter(f, rust.Stack(), caches...)
}
