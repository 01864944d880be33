// Command checker answers gRPC's health protocol, and over HTTP how it is asked.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

const grpcPort = ":9090"

func main() {
	listener, err := net.Listen("tcp", grpcPort)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	healthpb.RegisterHealthServer(server, health.NewServer())
	go func() { log.Fatal(server.Serve(listener)) }()

	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		status, err := ask(r.Context(), "localhost"+grpcPort)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		fmt.Fprintln(w, status)
	})
	log.Fatal(http.ListenAndServe(":"+port, nil))
}

func ask(ctx context.Context, target string) (string, error) {
	client, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return "", err
	}
	defer client.Close()
	answer, err := healthpb.NewHealthClient(client).Check(ctx, &healthpb.HealthCheckRequest{})
	return answer.GetStatus().String(), err
}
