package plan

// flavours says what choosing a runtime that stacks share means, for a person who
// is asked: whether there is a shell, which C library, and what it adds to the program,
// compressed and rounded, as of August 2026.
var flavours = map[string]string{
	"distroless": "no shell; glibc if needed; smallest",
	"slim":       "Debian: shell, packages, glibc; +30 MB",
	"alpine":     "shell, packages, musl; +4 MB",
	"scratch":    "the program alone; no shell, no libc",
}
