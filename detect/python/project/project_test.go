package project

import "testing"

func TestPoetryVersion(t *testing.T) {
	for text, want := range map[string]string{
		"^1.2.3": ">=1.2.3,<2", "^0.2.3": ">=0.2.3,<0.3", "^0.0.3": ">=0.0.3,<0.0.4", "^0": ">=0,<1", "~1.2.3": ">=1.2.3,<1.3", "~1": ">=1,<2",
		"1.2.*": "==1.2.*", "1.2": "==1.2", "*": "", ">= 3.9, <4": ">=3.9,<4", ">=3.9 <4": ">=3.9,<4", "^3.9 || ~2.7": ">=3.9,<4 || >=2.7,<2.8",
	} {
		got, err := poetryVersion(text)
		if err != nil || got != want {
			t.Errorf("poetryVersion(%q) = %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestWheelFor(t *testing.T) {
	for name, want := range map[string][2]bool{
		"a-1-py3-none-any.whl":                                   {true, true},
		"a-1-py2.py3-none-any.whl":                               {true, true},
		"a-1-cp313-cp313-manylinux_2_17_x86_64.whl":              {true, true},
		"a-1-cp313-cp313t-manylinux_2_17_x86_64.whl":             {false, true},
		"a-1-cp39-abi3-manylinux2014_x86_64.whl":                 {true, true},
		"a-1-cp314-abi3-manylinux2014_x86_64.whl":                {false, true},
		"a-1-cp312-cp312-manylinux1_x86_64.whl":                  {false, true},
		"a-1-cp313-cp313-win_amd64.whl":                          {false, false},
		"a-1-cp313-cp313-musllinux_1_2_x86_64.whl":               {false, false},
		"a-1-cp313-cp313-manylinux_2_17_x86_64.linux_x86_64.whl": {true, true},
	} {
		fits, linux := wheelFor(name, 13)
		if got := [2]bool{fits, linux}; got != want {
			t.Errorf("wheelFor(%q) = %v, want %v", name, got, want)
		}
	}
}
