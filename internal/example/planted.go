package example

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Planted are files that people have beside their sources and that belong into no image,
// each of a kind of its own: what opens doors, what holds people's data, and litter.
// The list was made from the documentation of the tools, and not from what dockgen
// leaves out, which it is held against.
var Planted = strings.Fields(`
	id_rsa id_dsa id_ecdsa id_ed25519 id_ed25519_sk id_ecdsa_sk deploy_rsa ssh_host_rsa_key ssh_host_ed25519_key
	server.key tls.key.pem privkey.pem AuthKey_A1B2C3.p8 client.p12 client.pfx bundle.pkcs12 putty.ppk truststore.jks release.keystore app.bks
	sops.agekey secring.gpg passwords.kdbx old.kdb vault.psafe3 team.agilekeychain login.keychain login.keychain-db gnome.keyring wallet.kwallet vpn.ovpn
	vpn.tblk/config disk.bek app.mobileprovision site.publishsettings service.cscfg host.rdp otr.private_key krb5.keytab
	.ssh/id_rsa .ssh/config .gnupg/pubring.kbx .password-store/mail.gpg
	.env .env.local .env.production prod.env .envrc .dev.vars .direnv/allow http-client.private.env.json
	.netrc _netrc .npmrc .pypirc .pgpass .my.cnf .mylogin.cnf .htpasswd .git-credentials .gitconfig .dockercfg .docker/config.json
	.s3cfg .boto .aws/credentials .azure/accessTokens.json .config/gcloud/access_tokens.db .config/gh/hosts.yml .config/hub .config/doctl/config.yaml
	.kube/config kubeconfig staging.kubeconfig .vault-token .vault_pass .terraformrc terraform.rc .terraform/environment terraform.tfstate terraform.tfstate.backup
	prod.tfvars prod.auto.tfvars.json .pulumi/credentials.json .serverless/state.json .wrangler/state.json .vercel/project.json .netlify/state.json .chef/config.rb knife.rb
	.gem/credentials .cargo/credentials .cargo/credentials.toml .m2/settings.xml .m2/settings-security.xml .composer/auth.json .bundle/config .condarc
	.sentryclirc .clasprc.json .databrickscfg .snowsql/config .ngrok2/ngrok.yml ngrok.yml .tugboat .trc .rhosts .muttrc .esmtprc .msmtprc .huggingface/token
	credentials.json gcp-credentials.json credentials.xml credentials.csv builder_accessKeys.csv rootkey.csv client_secret.json client_secret_1.apps.json
	service-account.json service_account.json serviceAccountKey.json shop-firebase-adminsdk-a1.json
	secrets.json secrets.yml secrets.yaml .streamlit/secrets.toml secret_token.rb .secrets secrets/db_password kaggle.json .kaggle/kaggle.json local.settings.json
	sftp-config.json .ftpconfig filezilla.xml recentservers.xml .dbeaver-data-sources.xml robomongo.json proftpdpasswd ventrilo_srv.ini
	.bash_history .zsh_history .python_history .psql_history .node_repl_history .histfile .bashrc .bash_profile .zshrc .profile
	db.sqlite3 app.sqlite app.sqlite3-journal data.db data.db-wal data.db-shm shop.mdb shop.mdf shop.sdf
	dump.sql prod.dump prod.sql.gz users.sqldump dump.rdb appendonly.aof site.bak site.backup wire.pcap heap.hprof debug.log npm-debug.log server.pid
	.git/config .hg/hgrc .svn/entries .idea/workspace.xml .vscode/launch.json .vs/state .fleet/run.json .zed/tasks.json .history/page app.iml app.sublime-workspace
	.project .classpath .settings/prefs .vagrant/id .DS_Store ._page Thumbs.db desktop.ini .page.swp page.swo page~ .#page page.orig page.rej
	.nyc_output/out.json lcov.info .coverage coverage.xml
	Dockerfile.old old.dockerignore .dockgen-1 docker-bake.hcl dockgen.toml compose.override.yaml docker-compose.yml
`)

// AtRoot says whether a planted file is known for what it is in the folder of a build
// alone, and may be a program's below it.
func AtRoot(name string) bool {
	return strings.HasPrefix(name, "secrets/") || strings.Contains(name, "compose") || strings.HasPrefix(name, "docker-")
}

// Places are folders of a project in which people have such files lying: its own, one
// in the middle and the last.
func Places(dir string) ([]string, error) {
	var all []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		rest, err := filepath.Rel(dir, name)
		all = append(all, filepath.ToSlash(rest))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for folders to plant files in: %w", err)
	}
	return slices.Compact([]string{all[0], all[len(all)/2], all[len(all)-1]}), nil
}

// Plant puts each of [Planted] that is not there into a folder, with a text that holds a
// mark, and gives the names of those that it made. Below the root those are left out
// that mean something there alone.
func Plant(dir, mark string, root bool) (made []string, err error) {
	for _, name := range Planted {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) || !root && AtRoot(name) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, fmt.Errorf("plant %s: %w", name, err)
		}
		if err := os.WriteFile(file, fmt.Appendf(nil, "%s %s\n", mark, path.Base(name)), 0o644); err != nil {
			return nil, fmt.Errorf("plant %s: %w", name, err)
		}
		made = append(made, name)
	}
	return made, nil
}
