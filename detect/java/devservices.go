package java

import (
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// devServices are extensions of Quarkus that start a container for tests where nothing
// tells them of a server, with the settings that do:
// https://quarkus.io/guides/dev-services.
var devServices = []struct {
	artifacts []string // or their beginnings
	settings  []string
}{
	{[]string{"quarkus-jdbc-postgresql", "quarkus-jdbc-mysql", "quarkus-jdbc-mariadb", "quarkus-jdbc-mssql", "quarkus-jdbc-oracle", "quarkus-jdbc-db2"}, []string{"quarkus.datasource.jdbc.url"}},
	{[]string{"quarkus-reactive-pg-client", "quarkus-reactive-mysql-client", "quarkus-reactive-mssql-client", "quarkus-reactive-oracle-client"}, []string{"quarkus.datasource.reactive.url"}},
	{[]string{"quarkus-mongodb"}, []string{"quarkus.mongodb.connection-string", "quarkus.mongodb.hosts"}},
	{[]string{"quarkus-redis-client"}, []string{"quarkus.redis.hosts"}},
	{[]string{"quarkus-kafka-client", "quarkus-messaging-kafka", "quarkus-smallrye-reactive-messaging-kafka", "quarkus-kafka-streams"}, []string{"kafka.bootstrap.servers"}},
	{[]string{"quarkus-messaging-amqp", "quarkus-smallrye-reactive-messaging-amqp"}, []string{"amqp-host"}},
	{[]string{"quarkus-messaging-rabbitmq", "quarkus-smallrye-reactive-messaging-rabbitmq"}, []string{"rabbitmq-host"}},
	{[]string{"quarkus-elasticsearch-rest-client", "quarkus-hibernate-search-orm-elasticsearch"}, []string{"quarkus.elasticsearch.hosts", "quarkus.hibernate-search-orm.elasticsearch.hosts"}},
	{[]string{"quarkus-oidc"}, []string{"quarkus.oidc.auth-server-url"}},
	{[]string{"quarkus-neo4j"}, []string{"quarkus.neo4j.uri"}},
	{[]string{"quarkus-infinispan-client"}, []string{"quarkus.infinispan-client.hosts"}},
}

// startsContainers gives the dependency for which Quarkus starts a container in tests.
func (d *Detail) startsContainers(config settings) detect.Evidence {
	told := func(keys ...string) bool {
		for _, key := range keys {
			if _, ok := config.get(nil, "%test."+key, key); ok {
				return true
			}
		}
		return false
	}
	if off, ok := config.get(nil, "%test.quarkus.devservices.enabled", "quarkus.devservices.enabled"); ok && off.value == "false" {
		return detect.Evidence{}
	}
	for _, s := range devServices {
		for _, dep := range d.Dependencies {
			for _, artifact := range s.artifacts {
				if (dep.Artifact == artifact || strings.HasPrefix(dep.Artifact, artifact+"-")) && !told(s.settings...) {
					return dep.At
				}
			}
		}
	}
	return detect.Evidence{}
}
