package pattern

import "testing"

func TestNew(t *testing.T) {
	if p := New(`^a(b*)$`); !p.MatchString("abb") || p.FindStringSubmatch("abb")[1] != "bb" {
		t.Error("it does not match what its expression does")
	}
	defer func() {
		if recover() == nil {
			t.Error("a broken expression passes a test")
		}
	}()
	New(`(`)
}
