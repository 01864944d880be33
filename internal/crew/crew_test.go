package crew_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/crew"
)

func TestCrew(t *testing.T) {
	c := crew.New(2)
	want := errors.New("broken")
	done := make([]bool, 5)
	for i := range done {
		c.Go(func() error { done[i] = true; return want })
	}
	if err := c.Wait(); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
	for i, ok := range done {
		if !ok {
			t.Errorf("function %d was not run", i)
		}
	}
}

// TestPanic wants a panic, also of a crew within, to reach who waits.
func TestPanic(t *testing.T) {
	err := crew.Catch(func() error {
		outer := crew.New(1)
		outer.Go(func() error {
			inner := crew.New(1)
			inner.Go(func() error { panic("lost") })
			return inner.Wait()
		})
		return outer.Wait()
	})
	var fault *crew.Fault
	if !errors.As(err, &fault) || err.Error() != "lost" || !strings.Contains(string(fault.Stack), "TestPanic") {
		t.Errorf("%v", err)
	}
}
