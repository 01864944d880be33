package plan

// Flavours says what choosing a runtime means, for a person who is asked. The
// sizes are those of the compressed images of August 2026, rounded.
var Flavours = map[string]string{
	"distroless": "no shell, no package manager; glibc where the program needs it; 1 to 25 MB, or a language's own runtime",
	"slim":       "Debian or Ubuntu with a shell and packages, glibc; 30 to 90 MB",
	"alpine":     "a shell and packages, musl instead of glibc; 4 to 60 MB",
	"scratch":    "nothing but the program; no shell, no libc, 0 MB",
	"jlink":      "only the parts of the JVM that the program uses, no shell; 40 to 60 MB",
	"nginx":      "a web server for static files, on Alpine; 8 MB",
}
