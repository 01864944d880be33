package main

import (
	"net/http/httptest"
	"testing"

	"example.com/orders/internal/store"
)

func TestOrders(t *testing.T) {
	answer := httptest.NewRecorder()
	routes(store.New()).ServeHTTP(answer, httptest.NewRequest("GET", "/orders", nil))
	if answer.Code != 200 || answer.Body.String() != `["apples","pears"]`+"\n" {
		t.Errorf("GET /orders: %d %q", answer.Code, answer.Body)
	}
}
