package project

// bringing are extras that stand for another distribution, which wants something of the
// system or is asked for by its name. Source: the metadata of each on PyPI in November 2026.
var bringing = map[string][]string{
	"celery[redis]":                   {"redis"},
	"celery[librabbitmq]":             {"librabbitmq"},
	"django[argon2]":                  {"argon2-cffi"},
	"django[bcrypt]":                  {"bcrypt"},
	"flask[async]":                    {"asgiref"},
	"passlib[argon2]":                 {"argon2-cffi"},
	"passlib[bcrypt]":                 {"bcrypt"},
	"psycopg[binary]":                 {"psycopg-binary"},
	"psycopg[c]":                      {"psycopg-c"},
	"psycopg[pool]":                   {"psycopg-pool"},
	"pyjwt[crypto]":                   {"cryptography"},
	"python-jose[cryptography]":       {"cryptography"},
	"qrcode[pil]":                     {"pillow"},
	"sqlalchemy[asyncpg]":             {"asyncpg"},
	"sqlalchemy[mysql]":               {"mysqlclient"},
	"sqlalchemy[postgresql]":          {"psycopg2"},
	"sqlalchemy[postgresql-asyncpg]":  {"asyncpg"},
	"sqlalchemy[postgresql-psycopg]":  {"psycopg"},
	"sqlalchemy[postgresql-psycopg2]": {"psycopg2"},
}

// sameVersion are distributions that come in the version of what brings them.
var sameVersion = map[string]bool{"psycopg-binary": true, "psycopg-c": true}

// lists notes a requirement of a project without a lockfile, with what its extras bring;
// git is the repository that it comes from, or none.
func (p *Project) lists(r Requirement, git string) {
	p.Packages[r.Name] = Package{Name: r.Name, Version: r.Pinned(), Git: git, At: r.At}
	for _, extra := range r.Extras {
		for _, name := range bringing[r.Name+"["+extra+"]"] {
			if _, ok := p.Packages[name]; ok {
				continue
			}
			one := Package{Name: name, At: r.At}
			if sameVersion[name] {
				one.Version = r.Pinned()
			}
			p.Packages[name] = one
		}
	}
}
