package plan

// Flavours says what choosing a runtime means, for a person who is asked:
// whether there is a shell, which C library, and what it adds to the program,
// compressed and rounded, as of August 2026.
var Flavours = map[string]string{
	"distroless": "no shell; glibc if needed; smallest",
	"slim":       "Debian: shell, packages, glibc; +30 MB",
	"alpine":     "shell, packages, musl; +4 MB",
	"scratch":    "the program alone; no shell, no libc",
	"jlink":      "a JVM cut to size; no shell",
	"nginx":      "web server on Alpine; 8 MB",
}
