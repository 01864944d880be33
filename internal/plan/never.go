package plan

import (
	"path"
	"slices"
	"strings"
)

// A Never is a group of files that belong into no image, with the words over its lines
// in an ignore file.
type Never struct {
	Title    string
	Data     bool     // what programs may want after all: databases, dumps, logs
	Patterns []string // **/ and a name, in which a * is any text; or a name in the context's own folder
}

// never is what reaches no image unless something reads it by its name. A build reads
// none of it, people have it lying beside their sources, and some of it opens doors.
//
// Sources, beside each tool's own documentation of where it keeps its credentials:
// core/signatures.go of michenriksen/gitrob at 7be4c53, config.yaml of eth0izzle/shhgit at
// bac0c7d, the templates of github/gitignore at dcc0fc7.
var never = []Never{
	{Title: "keys and certificates with keys", Patterns: []string{
		"**/*.key", "**/*.pem", "**/*.p8", "**/*.p12", "**/*.pfx", "**/*.pkcs12", "**/*.ppk", "**/*.jks", "**/*.keystore", "**/*.bks", "**/*.agekey",
		"**/*.gpg", "**/secring.*", "**/*.kdb", "**/*.kdbx", "**/*.psafe3", "**/*.agilekeychain", "**/*.keychain", "**/*.kwallet", "**/*.tblk", "**/*.ovpn",
		"**/*.bek", "**/*.tpm", "**/*.fve", "**/*.mobileprovision", "**/*.publishsettings", "**/*.cscfg", "**/*.rdp",
		"**/id_rsa*", "**/id_dsa*", "**/id_ecdsa*", "**/id_ed25519*", "**/*_rsa", "**/*_dsa", "**/*_ecdsa", "**/*_ed25519", "**/otr.private_key",
		"**/.ssh", "**/.gnupg", "**/.password-store",
	}},
	{Title: "credentials", Patterns: []string{
		"**/.env", "**/.env.*", "**/.envrc", "**/.dev.vars", "**/.direnv", "**/.netrc", "**/_netrc", "**/.npmrc", "**/.pypirc", "**/.pgpass", "**/.my.cnf", "**/.mylogin.cnf",
		"**/.htpasswd", "**/.git-credentials", "**/.gitconfig", "**/.dockercfg", "**/.docker", "**/.s3cfg", "**/.boto", "**/.aws", "**/.azure", "**/.config/gcloud",
		"**/.kube", "**/kubeconfig", "**/*.kubeconfig", "**/.vault-token", "**/.vault_pass*", "**/.vault-pass*", "**/.terraformrc", "**/terraform.rc", "**/.terraform",
		"**/*.tfstate", "**/*.tfstate.*", "**/*.tfvars", "**/*.tfvars.json", "**/.pulumi", "**/.serverless", "**/.wrangler", "**/.vercel", "**/.netlify", "**/.chef",
		"**/knife.rb", "**/.gem/credentials", "**/.cargo/credentials", "**/.cargo/credentials.toml", "**/.m2", "**/.composer/auth.json", "**/.bundle/config", "**/.condarc",
		"**/.sentryclirc", "**/.clasprc.json", "**/.databrickscfg", "**/.snowsql", "**/.ngrok2", "**/ngrok.yml", "**/.tugboat", "**/.trc", "**/.rhosts", "**/.muttrc", "**/.esmtprc",
		"**/credentials", "**/credentials.json", "**/credentials.xml", "**/credentials.csv", "**/client_secret*.json", "**/service-account*.json", "**/service_account*.json", "**/*firebase-adminsdk*.json",
		"**/*-credentials.json", "**/secrets.json", "**/secrets.y*ml", "**/secret_token.rb", "**/.secrets", "secrets", "**/kaggle.json",
		"**/sftp-config.json", "**/.ftpconfig", "**/filezilla.xml", "**/recentservers.xml", "**/dbeaver-data-sources.xml", "**/robomongo.json",
		"**/proftpdpasswd", "**/ventrilo_srv.ini", "**/.*_history", "**/.histfile", "**/.bashrc", "**/.bash_profile", "**/.zshrc", "**/.profile",
	}},
	{Title: "databases, dumps and logs", Data: true, Patterns: []string{
		"**/*.sqlite", "**/*.sqlite3", "**/*.sqlite-*", "**/*.sqlite3-*", "**/*.db", "**/*.db-*", "**/*.mdb", "**/*.mdf", "**/*.sdf", "**/*.rdb",
		"**/dump.sql", "**/*.dump", "**/*.sql.gz", "**/*.bak", "**/*.backup", "**/*.pcap", "**/*.hprof", "**/*.log", "**/*.pid",
	}},
	{Title: "what editors, systems and tests leave behind", Patterns: []string{
		"**/.git", "**/.hg", "**/.svn", ".github", ".gitlab", ".circleci", "**/.idea", "**/.vscode", "**/.vs", "**/.fleet", "**/.zed", "**/.history", "**/*.iml", "**/*.sublime-*",
		"**/.project", "**/.classpath", "**/.settings", "**/.vagrant", "**/.DS_Store", "**/._*", "**/Thumbs.db", "**/desktop.ini", "**/*.sw[op]", "**/*~", "**/.#*", "**/*.orig", "**/*.rej",
		"**/.nyc_output", "**/lcov.info", "**/.coverage", "**/coverage.xml",
	}},
	{Title: "what describes the build", Patterns: []string{
		"**/Dockerfile*", "**/*.dockerignore", "**/.dockgen-*", "docker-bake.hcl", "**/dockgen.toml", "compose*.y*ml",
	}},
}

// neverNamed finds the group that a name in a path belongs to; top says whether it is
// one in the context's own folder, and up is the name of the folder that it lies in.
func neverNamed(up, name string, top bool) (Never, bool) {
	for _, g := range never {
		for _, p := range g.Patterns {
			if fitsNever(p, up, name, top) {
				return g, true
			}
		}
	}
	return Never{}, false
}

func fitsNever(p, up, name string, top bool) bool {
	p, deep := strings.CutPrefix(p, "**/")
	if !deep && !top {
		return false
	}
	if folder, base, ok := strings.Cut(p, "/"); ok {
		if folder != up {
			return false
		}
		p = base
	}
	ok, err := path.Match(p, name)
	return ok && err == nil
}

// neverAt finds the group that a file of the context belongs to, by its own name or by
// that of a folder on the way.
func neverAt(file string) (Never, bool) {
	up := ""
	for i, name := range strings.Split(file, "/") {
		if g, ok := neverNamed(up, name, i == 0); ok {
			return g, true
		}
		up = name
	}
	return Never{}, false
}

// standing are the folders whose data a program wants that runs its migrations, or a
// test that loads them.
var standing = []string{"migrations", "migration", "seeds", "seed", "fixtures"}

// stands says whether data that git keeps is there to be run.
func stands(file string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(file), "/"), func(dir string) bool { return slices.Contains(standing, dir) })
}
