package program

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRaises wants a value for each variable without which the settings cannot be read, and
// for no other.
func TestRaises(t *testing.T) {
	s, _ := sourcesOf(t, map[string]string{
		"manage.py":     "import os, django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'p.settings')\n",
		"p/__init__.py": "",
		"p/env.py":      "import os\ndef need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise ValueError(name)\ndef may(name):\n    return os.getenv(name)\n",
		"p/settings.py": "import os\nfrom p.env import need, may\nA = need('A')\nB = os.environ.get('B', None)\nif B is None:\n    raise ValueError('B')\nC = os.getenv('C')\nif not C:\n    raise ValueError('C')\nif 'D' not in os.environ:\n    raise ValueError('D')\nD = os.environ.get('D')\nE = os.getenv('E')\nF = may('F')\nG = os.getenv('G', 'x')\nif G is None:\n    raise ValueError('G')\n",
	})
	var names []string
	for _, n := range s.django().Needs {
		if n.Maybe {
			t.Errorf("%s is taken for a variable that only some starts read", n.Name)
		}
		names = append(names, n.Name)
	}
	if diff := cmp.Diff([]string{"B", "C", "A"}, names); diff != "" {
		t.Errorf("what the settings need (-want +got):\n%s", diff)
	}
}
