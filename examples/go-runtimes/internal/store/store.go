// Package store holds orders in memory.
package store

// Store is a list of orders.
type Store struct{ orders []string }

// New returns a store with two orders.
func New() *Store { return &Store{[]string{"apples", "pears"}} }

// All lists the orders.
func (s *Store) All() []string { return s.orders }
