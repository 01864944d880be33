package main

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name  string
		waits bool
		work  time.Duration
		want  string
	}{
		{"short work", true, 99 * time.Millisecond, ""},
		{"within 200 ms", true, 199 * time.Millisecond, "\rlooking at the repository: 7 files\r\x1b[K"},
		{"nobody looks", false, time.Minute, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen atomic.Int64
				seen.Store(7)
				var b bytes.Buffer
				stop := (&streams{err: &b, waits: c.waits}).progress(&seen)
				time.Sleep(c.work)
				stop()
				if got := b.String(); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestProgressGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen atomic.Int64
		var b bytes.Buffer
		stop := (&streams{err: &b, waits: true}).progress(&seen)
		for range 10 {
			time.Sleep(100 * time.Millisecond)
			seen.Add(1000)
		}
		stop()
		if n := strings.Count(b.String(), "files"); n < 8 {
			t.Errorf("%d signs in a second: %q", n, &b)
		}
	})
}
