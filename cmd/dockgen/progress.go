package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/dockgen/dockgen/internal/show"
)

// When the first sign of long work appears, and how often it changes: a person
// notices a pause from about 200 ms on.
const (
	firstSign = 100 * time.Millisecond
	nextSign  = 100 * time.Millisecond
)

// progress shows at a terminal how many files were seen, until stop is called,
// which takes the line away again. Short work shows nothing.
func (io *streams) progress(seen *atomic.Int64) (stop func()) {
	if !io.waits {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		shown := false
		timer := time.NewTimer(firstSign)
		defer timer.Stop()
		for {
			select {
			case <-quit:
				if shown {
					show.Status(io.err, "")
				}
				return
			case <-timer.C:
				show.Status(io.err, fmt.Sprintf("looking at the repository: %d files", seen.Load()))
				shown = true
				timer.Reset(nextSign)
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
