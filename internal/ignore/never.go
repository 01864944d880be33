// Package ignore says what a build is not sent, whatever the stack: what git does not
// keep, what opens doors, and what no build reads. In go the repository and what a stack
// knows of its context, out comes the ignore file, and words about what it leaves out
// although git keeps it.
package ignore

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// A group is some files that belong into no image.
type group struct {
	title    string   // the words over its lines in an ignore file
	what     string   // the words for one of them, empty where nobody has to hear of it
	data     bool     // what programs may want after all: databases, dumps, logs
	patterns []string // **/ and a name, in which a * is any text; or a name in the context's own folder
}

// never is what reaches no image unless something reads it by its name. A build reads
// none of it, people have it lying beside their sources, and some of it opens doors.
//
// Sources, beside each tool's own documentation of where it keeps its credentials:
// core/signatures.go of michenriksen/gitrob at 7be4c53, config.yaml of eth0izzle/shhgit at
// bac0c7d, the templates of github/gitignore at dcc0fc7.
var never = []group{
	{title: "keys and certificates with keys", what: "a private key", patterns: []string{
		"**/*.key", "**/*.pem", "**/*.p8", "**/*.p12", "**/*.pfx", "**/*.pkcs12", "**/*.ppk", "**/*.jks", "**/*.keystore", "**/*.bks", "**/*.agekey",
		"**/secring.*", "**/*.kdb*", "**/*.psafe3", "**/*.agilekeychain", "**/*.keychain", "**/*.keychain-db", "**/*.keyring", "**/*.keytab", "**/*.kwallet", "**/*.tblk", "**/*.ovpn",
		"**/*.bek", "**/*.tpm", "**/*.fve", "**/*.mobileprovision", "**/*.publishsettings", "**/*.cscfg", "**/*.rdp",
		"**/*_rsa", "**/*_dsa", "**/*_ecdsa", "**/*_ed25519", "**/*_ecdsa_sk", "**/*_ed25519_sk", "**/ssh_host_*_key", "**/otr.private_key",
		"**/.ssh", "**/.gnupg", "**/.password-store",
	}},
	{title: "credentials", what: "credentials", patterns: []string{
		"**/.env*", "**/*.env", "**/*.private.env.json", "**/.dev.vars", "**/.direnv", "**/.netrc", "**/_netrc", "**/.npmrc", "**/.pypirc", "**/.pgpass", "**/.my.cnf", "**/.mylogin.cnf",
		"**/.htpasswd", "**/.git-credentials", "**/.gitconfig", "**/.dockercfg", "**/.docker", "**/.s3cfg", "**/.boto", "**/.aws", "**/.azure", "**/.config/gcloud", "**/.config/gh", "**/.config/hub", "**/.config/doctl",
		"**/.kube", "**/kubeconfig", "**/*.kubeconfig", "**/.vault?*", "**/.terraformrc", "**/terraform.rc", "**/.terraform",
		"**/*.tfstate*", "**/*.tfvars*", "**/.pulumi", "**/.serverless", "**/.wrangler", "**/.vercel", "**/.netlify", "**/.chef",
		"**/knife.rb", "**/.gem/credentials", "**/.cargo/credentials*", "**/.m2", "**/.composer/auth.json", "**/.bundle/config", "**/.condarc",
		"**/.sentryclirc", "**/.clasprc.json", "**/.databrickscfg", "**/.snowsql", "**/.ngrok2", "**/ngrok.yml", "**/.tugboat", "**/.trc", "**/.rhosts", "**/.muttrc", "**/.esmtprc", "**/.msmtprc", "**/.huggingface",
		"**/*credentials*.json", "**/credentials.xml", "**/credentials.csv", "**/*accessKeys.csv", "**/rootkey.csv", "**/client_secret*.json", "**/service?account*.json", "**/serviceAccount*.json", "**/*firebase-adminsdk*.json",
		"**/secrets.json", "**/secrets.y*ml", "**/.streamlit/secrets.toml", "**/local.settings.json", "**/secret_token.rb", "**/.secrets", "secrets", "**/kaggle.json",
		"**/sftp-config.json", "**/.ftpconfig", "**/filezilla.xml", "**/recentservers.xml", "**/*dbeaver-data-sources.xml", "**/robomongo.json",
		"**/proftpdpasswd", "**/ventrilo_srv.ini", "**/.*_history", "**/.histfile", "**/.bashrc", "**/.bash_profile", "**/.zshrc", "**/.profile",
	}},
	{title: "databases, dumps and logs", what: "data", data: true, patterns: []string{
		"**/*.sqlite*", "**/*.db", "**/*.db-*", "**/*.mdb", "**/*.mdf", "**/*.sdf", "**/*.rdb",
		"**/*.aof", "**/dump.sql", "**/*.sqldump", "**/*.dump", "**/*.sql.gz", "**/*.bak", "**/*.backup", "**/*.pcap", "**/*.hprof", "**/*.log", "**/*.pid",
	}},
	{title: "what editors, systems and tests leave behind", patterns: []string{
		"**/.git", "**/.hg", "**/.svn", ".github", ".gitlab", ".circleci", "**/.idea", "**/.vscode", "**/.vs", "**/.fleet", "**/.zed", "**/.history", "**/*.iml", "**/*.sublime-*",
		"**/.project", "**/.classpath", "**/.settings", "**/.vagrant", "**/.DS_Store", "**/._*", "**/Thumbs.db", "**/desktop.ini", "**/*.sw[op]", "**/*~", "**/.#*", "**/*.orig", "**/*.rej",
		"**/.nyc_output", "**/lcov.info", "**/.coverage", "**/coverage.xml",
	}},
	{title: "what describes the build", patterns: []string{
		"**/Dockerfile*", "**/*.dockerignore", "**/.dockgen-*", "docker-bake.hcl", "**/dockgen.toml", "compose*.y*ml", "docker-compose*.y*ml",
	}},
}

// standing are the folders whose data a program wants that runs its migrations, or a
// test that loads them.
var standing = []string{"migrations", "migration", "seeds", "seed", "fixtures"}

// stands says whether data that git keeps is there to be run.
func stands(file string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(file), "/"), func(dir string) bool { return slices.Contains(standing, dir) })
}

// index finds the pattern that a name fits without trying them all.
type index struct {
	exact    map[string]entry // whole names
	endings  map[string]entry // "*.key", by ".key"
	patterns []entry          // the rest
	under    []entry          // "folder/name"
}

type entry struct {
	pattern string // as the ignore file has it
	name    string // what of it is about the last name
	folder  string // in which it has to lie, or none
	group   int
}

var named = sync.OnceValue(func() index {
	x := index{exact: map[string]entry{}, endings: map[string]entry{}}
	for g := range never {
		for _, p := range never[g].patterns {
			name := strings.TrimPrefix(p, "**/")
			e := entry{pattern: p, name: name, group: g}
			folder, base, in := strings.Cut(name, "/")
			ending, star := strings.CutPrefix(name, "*")
			switch {
			case in:
				e.folder, e.name = folder, base
				x.under = append(x.under, e)
			case !strings.ContainsAny(name, "*?["):
				x.exact[name] = e
			case star && strings.LastIndexByte(ending, '.') == 0 && !strings.ContainsAny(ending, "*?["):
				x.endings[ending] = e
			default:
				x.patterns = append(x.patterns, e)
			}
		}
	}
	return x
})

// find gives the pattern of the table that a name in a folder fits, wherever that lies.
func (x *index) find(folder, name string) (entry, bool) {
	if e, ok := x.exact[name]; ok {
		return e, true
	}
	for _, e := range x.under {
		if ok, err := path.Match(e.name, name); path.Base(folder) == e.folder && ok && err == nil {
			return e, true
		}
	}
	for i := strings.IndexByte(name, '.'); i >= 0; {
		if e, ok := x.endings[name[i:]]; ok {
			return e, true
		}
		next := strings.IndexByte(name[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	for _, e := range x.patterns {
		if ok, err := path.Match(e.name, name); ok && err == nil {
			return e, true
		}
	}
	return entry{}, false
}

// Suspect says what a file looks like by its name, "a private key" or "credentials", and
// the pattern of the table that says so. A certificate without its key, a template of
// variables and sources in a folder of such a name are none. A file is read where its name
// alone does not tell; read gives what it holds.
func Suspect(name string, read func() ([]byte, error)) (what, pattern string, found bool) {
	x, base := named(), path.Base(name)
	if isTemplate(name) {
		return "", "", false
	}
	e, found := x.find(path.Dir(name), base)
	if lower := strings.ToLower(base); !found && lower != base {
		e, found = x.find(path.Dir(name), lower)
	}
	for dir := path.Dir(name); !found && dir != "." && !slices.Contains(code, path.Ext(base)); dir = path.Dir(dir) {
		e, found = x.find(path.Dir(dir), path.Base(dir))
	}
	if !found || never[e.group].what == "" || never[e.group].data || isCertificate(name, read) {
		return "", "", false
	}
	return never[e.group].what, e.pattern, true
}
