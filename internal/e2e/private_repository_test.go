//go:build e2e

package e2e

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"testing"
)

// The private artifact of examples/java-private.
const (
	repositoryHost   = "artifacts.dockgen.test"
	privateArtifact  = "/maven/com/example/secret/secret-word/1.0.0/secret-word-1.0.0"
	mavenCredentials = "<settings><servers><server><id>ours</id><username>%s</username><password>%s</password></server></servers></settings>"
)

// TestPrivateRepository builds an example whose artifact comes from a repository of Maven
// that wants credentials: without them the build fails, with the user's settings as a
// secret it passes, and no layer of any stage holds them.
func TestPrivateRepository(t *testing.T) {
	if !isAsked(t, "java") {
		return
	}
	password := rand.Text()
	private{
		example: "java-private", host: repositoryHost, password: password, handler: repositoryOf(t, password),
		secrets: map[string]string{"maven_settings": fmt.Sprintf(mavenCredentials, privateUser, password)},
		targets: []string{"builder", "runtime"}, // those of deps are among the first
	}.test(t)
}

// repositoryOf answers Maven as a repository does
// (https://maven.apache.org/repository/layout.html). The artifact holds a text, which
// needs no compiler.
func repositoryOf(t *testing.T, password string) http.Handler {
	t.Helper()
	return answering(map[string][]byte{
		privateArtifact + ".pom": []byte("<project><modelVersion>4.0.0</modelVersion><groupId>com.example.secret</groupId><artifactId>secret-word</artifactId><version>1.0.0</version></project>"),
		privateArtifact + ".jar": zipped(t, [][2]string{{"secret-word.txt", "swordfish\n"}}),
	}, password)
}
