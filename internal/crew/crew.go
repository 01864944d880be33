// Package crew runs functions at once. Go ends a program in which another goroutine
// than the first panics; here the panic becomes that of who waits, who can catch it.
package crew

import (
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Fault is a panic with the place where it happened.
type Fault struct {
	Value any
	Stack []byte
}

func (f *Fault) Error() string { return fmt.Sprint(f.Value) }

// Crew is a group of functions that run at once.
type Crew struct {
	group errgroup.Group
	once  sync.Once
	fault *Fault
}

// New makes one of which at most limit run at the same time.
func New(limit int) *Crew {
	c := &Crew{}
	c.group.SetLimit(limit)
	return c
}

// Go runs a function.
func (c *Crew) Go(f func() error) {
	c.group.Go(func() error {
		err := Catch(f)
		if fault, ok := err.(*Fault); ok { // not one of a group within, which has panicked there
			c.once.Do(func() { c.fault = fault })
		}
		return err
	})
}

// Wait waits for all, and gives the first error. Where one has panicked it panics,
// with the [Fault].
func (c *Crew) Wait() error {
	err := c.group.Wait()
	if c.fault != nil {
		panic(c.fault)
	}
	return err
}

// Catch runs a function; a panic in it is the error, a [Fault].
func Catch(f func() error) (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case *Fault:
			err = value
		default:
			err = &Fault{value, debug.Stack()}
		}
	}()
	return f()
}
