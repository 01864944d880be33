package python

import (
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// FuzzRequirements gives the reader of requirements files whatever comes.
func FuzzRequirements(f *testing.F) {
	for _, seed := range []string{
		"flask==3.1.0\n", "", "-r requirements.txt", "-r other.txt\n-c constraints.txt\n", "flask \\\n --hash=sha256:0\n", "-e .\n./lib\n", "\ufeffa\r\nb\r\n",
		"a[b,c] >= 1, < 2 ; python_version > '3'\n", "a @ git+ssh://x@y/z\n", "--extra-index-url https://${A}:${B}@x/\n", "-i https://a:b@c\n", "a=\"\\nRUN evil\"", "=\n-\n--\n-rx\n",
		"numpy==99999999999999999999\n", "psycopg2==2.9\nplaywright\ntorch\n", "# only\n \\\n\\\n",
	} {
		f.Add(seed)
	}
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"requirements.txt": text, "other.txt": text, "lib/setup.py": "", "main.py": "print()\n", "tests/test_a.py": "import pytest\n"})
	})
}

// FuzzSource gives the lexer and the readers of Python whatever comes.
func FuzzSource(f *testing.F) {
	for _, seed := range []string{
		"from fastapi import FastAPI\napp = FastAPI()\n", "", "\"\"\"x", "f\"{f'{1}'}\"", "if __name__ == \"__main__\": print(1); print(2)\n", "app: X = a.b(c, d=[1, *e], **f)[g:h](i)\n",
		"import flask\n@flask.x(1)\ndef create_app(a=lambda x: {1: 2}, *b, c=3, **d) -> flask.Flask:\n\treturn flask.Flask(f\"{a!r:>{b}}\")\n",
		"app = (((((((((((", "x = a if b else c or d + e / f\n", "from . import (a, b as c,)\nfrom ..x.y import *\n", "\\\n\\\r\n\t x = 'a' \"b\" r'c\\' b'd'\n", "async def f(): pass\nclass A(B, metaclass=C): x = 1\n",
		"import subprocess\nsubprocess.run(['a$b\\nRUN x'])\nopen('a\\nb', 'w')\n", "import os\nfrom flask import Flask\napp = Flask('x')\nif __name__ == '__main__':\n  app.run(port=int(os.environ.get('A B\\n', 1)))\n",
		"from http.server import HTTPServer\nHTTPServer(('', 99999999999999), None).serve_forever()\n", "a = a\nb = c\nc = b\napp = b.server\n",
	} {
		f.Add(seed)
	}
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"requirements.txt": "flask\nfastapi\ngunicorn\nuvicorn\ncelery\n", "main.py": text})
	})
}

// FuzzVersion gives the readers of versions whatever comes.
func FuzzVersion(f *testing.F) {
	f.Add(">=3.11", "^3.9", "3.12.4", "==3.1.0")
	f.Add("==3.13.0.0.0.0.*", "^0.0.0 || ~3 , !=3.9", "cpython-3.13.1-linux", "===a")
	f.Add("~=3.9, <4; x", ">= 3 | < 2", "python-3.11t", "<")
	f.Add("3.*", "*", "\nlatest", ">=99999999999999999999999")
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, requires, poetry, pin, dependency string) {
		if strings.ContainsAny(requires+poetry+dependency, "\"\\\n\r\x00") {
			return // no text in a manifest
		}
		printer.Print(t, map[string]string{
			"a/pyproject.toml": "[project]\nname = \"a\"\nrequires-python = \"" + requires + "\"\ndependencies = [\"x" + dependency + "\"]\n", "a/main.py": "print()\n",
			"b/pyproject.toml": "[tool.poetry]\nname = \"b\"\n[tool.poetry.dependencies]\npython = \"" + poetry + "\"\nx = \"" + dependency + "\"\n", "b/main.py": "print()\n", "b/.python-version": pin,
		})
	})
}

// FuzzManifests gives the readers of the other manifests whatever comes.
func FuzzManifests(f *testing.F) {
	f.Add("[project]\nname = \"a\"\n[tool.uv]\n", "version = 1\n[[package]]\nname = \"a\"\n", "[packages]\na = \"*\"\n", "{\"default\": {}}", "[options]\ninstall_requires =\n  a\n", "from setuptools import setup\nsetup(name='a', install_requires=['b'])\n", "web: gunicorn a:b\n")
	f.Add("[tool.poetry]\nname = \"a\\nRUN x\"\n[tool.poetry.dependencies]\na = {path = \"..\"}\n", "[[package]]\nsource = {editable = \".\"}\n", "[[source]]\nurl = \"https://a:b@c\"\n", "[]", "x\n", "setup(entry_points={'console_scripts': ['a b\\n=c']})", "web: A=b exec sh -c '$PORT' && x\n")
	f.Add("[tool.uv.workspace]\nmembers = [\"*\", \"[\"]\n", "x", "[requires]\npython_version = \"3\"\n", "{", "[a]\n=\n", "setup(**x)", "web: ${PORT:-x} ${A}\nrelease: y\n")
	f.Add("", "", "", "", "", "", "web: \x00")
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, pyproject, lock, pipfile, pipfileLock, cfg, setup, procfile string) {
		printer.Print(t, map[string]string{
			"pyproject.toml": pyproject, "uv.lock": lock, "main.py": "print()\n", "Procfile": procfile,
			"pipenv/Pipfile": pipfile, "pipenv/Pipfile.lock": pipfileLock, "pipenv/main.py": "print()\n",
			"cfg/setup.cfg": cfg, "cfg/setup.py": setup, "cfg/a/__main__.py": "print()\n",
			"poetry/pyproject.toml": pyproject, "poetry/poetry.lock": lock, "poetry/a.py": "print()\n",
		})
	})
}
