package project

import (
	"strconv"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"github.com/dockgen/dockgen/internal/pattern"
)

// firstWheels are the first releases that have wheels for a line of Python on
// Linux, of distributions that are hard to compile, or that compile for it where none
// has wheels. A requirement that pins an older release bounds the line, below Python 3.10
// only that of what no build of an image compiles. Source: the files on PyPI and the change
// logs.
var firstWheels = map[string]map[int]string{
	"aiohttp":         {7: "3.4.0", 8: "3.7.0", 9: "3.7.0", 10: "3.8.0", 11: "3.8.3", 12: "3.9.0", 13: "3.10.6"},
	"asyncpg":         {11: "0.27.0", 12: "0.29.0", 13: "0.30.0"},
	"cffi":            {11: "1.15.1", 12: "1.16.0", 13: "1.17.0"},
	"gevent":          {11: "22.10.1", 12: "23.9.0", 13: "24.10.1"},
	"greenlet":        {11: "2.0.0", 12: "3.0.0", 13: "3.1.0"},
	"grpcio":          {7: "1.13.0", 8: "1.24.3", 9: "1.33.1", 10: "1.41.0", 11: "1.49.1", 12: "1.59.0", 13: "1.66.2"},
	"httptools":       {11: "0.5.0", 12: "0.6.1", 13: "0.6.2"},
	"lxml":            {10: "4.6.4", 11: "4.9.2", 12: "4.9.3", 13: "5.3.0"},
	"matplotlib":      {7: "2.2.2", 8: "3.1.2", 9: "3.3.3", 10: "3.5.0", 11: "3.6.0", 12: "3.8.0", 13: "3.9.2"},
	"numpy":           {7: "1.14.5", 8: "1.17.3", 9: "1.19.3", 10: "1.21.2", 11: "1.23.2", 12: "1.26.0", 13: "2.1.0"},
	"orjson":          {8: "2.0.11", 9: "2.2.0", 10: "3.4.7", 11: "3.8.0", 12: "3.9.3", 13: "3.10.5"},
	"pandas":          {7: "0.23.2", 8: "0.25.2", 9: "1.1.3", 10: "1.3.3", 11: "1.5.1", 12: "2.1.1", 13: "2.2.3"},
	"pillow":          {10: "8.4.0", 11: "9.3.0", 12: "10.1.0", 13: "10.4.0"},
	"psycopg2":        {12: "2.9.6", 13: "2.9.10"},
	"psycopg2-binary": {10: "2.9.2", 11: "2.9.5", 12: "2.9.8", 13: "2.9.10"},
	"pydantic":        {13: "2.8.0"},
	"pydantic-core":   {13: "2.20.0"},
	"pyyaml":          {10: "6.0", 11: "6.0", 12: "6.0.1", 13: "6.0.2"},
	"scikit-learn":    {7: "0.19.2", 8: "0.22", 9: "0.24.0", 10: "1.0.1", 11: "1.1.3", 12: "1.3.1", 13: "1.5.2"},
	"scipy":           {7: "1.1.0", 8: "1.3.2", 9: "1.5.4", 10: "1.7.2", 11: "1.9.2", 12: "1.11.2", 13: "1.14.1"},
	"tensorflow":      {8: "2.2.0", 9: "2.5.0", 10: "2.8.0", 11: "2.12.0", 12: "2.16.1", 13: "2.20.0"},
	"tiktoken":        {11: "0.1.2", 12: "0.5.2", 13: "0.8.0"},
	"torch":           {8: "1.4.0", 9: "1.7.1", 10: "1.11.0", 11: "2.0.0", 12: "2.2.0", 13: "2.5.0"},
	"uwsgi":           {11: "2.0.21", 12: "2.0.23", 13: "2.0.28"},
	"uvloop":          {11: "0.17.0", 12: "0.18.0", 13: "0.20.0"},
}

// firstReleases are the first releases that are made for a line of Python, of distributions
// that install on any. Sources: the FAQ of Django (docs.djangoproject.com/en/stable/faq/install),
// and the sources of Jinja2 2.10.1 and Werkzeug 0.14.1, which import from collections what
// Python 3.10 moved (docs.python.org/3/whatsnew/3.10.html#removed); the requirements of aiogram;
// and the others imported on these lines.
var firstReleases = map[string]map[int]string{
	"aiogram":                {12: "3.2.0", 13: "3.12.0"}, // those before want an older aiohttp
	"bottle":                 {13: "0.13"},
	"discord-py":             {13: "2.5.0"},
	"django":                 {9: "2.2.17", 10: "3.2.9", 11: "4.1.3", 12: "4.2.8", 13: "5.1.3"},
	"eventlet":               {12: "0.35.2", 13: "0.38.0"},
	"falcon":                 {13: "4.0.0"},
	"feedparser":             {13: "6.0.11"},
	"jinja2":                 {10: "2.11.0"},
	"opencv-contrib-python":  {13: "4.10.0.84"}, // those before want a NumPy below 2
	"opencv-python":          {13: "4.10.0.84"},
	"opencv-python-headless": {13: "4.10.0.84"},
	"pydantic":               {12: "1.10.17"},
	"pydub":                  {13: never},
	"python-telegram-bot":    {12: "20.0"},
	"sqlalchemy":             {13: "2.0.31"},
	"streamlit":              {12: "1.22.0"}, // those before want a pandas below 2
	"tweepy":                 {13: "4.15.0"},
	"werkzeug":               {10: "0.15.0"},
}

// never is later than any release: none is made for that line.
const never = "99999"

// unbounded are the releases of the above before which all are made for those lines.
var unbounded = map[string]string{"sqlalchemy": "2.0"}

// Made says whether a package is made for a line of Python, as far as that is known.
func (p Package) Made(line int) bool {
	have, err := pep440.Parse(p.Version)
	if err != nil {
		since, ok := firstReleases[p.Name]
		return !ok || since[line] != never
	}
	if old, ok := unbounded[p.Name]; ok && have.LessThan(pep440.MustParse(old)) {
		return true
	}
	for since, first := range firstReleases[p.Name] {
		if line >= since && have.LessThan(pep440.MustParse(first)) {
			return false
		}
	}
	return true
}

// pure are releases of the above that need no compiler: pydantic 1 builds without.
var pure = map[string]string{"pydantic": "2.0"}

// wheelName holds the tags of a wheel's name
// (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
var wheelName = pattern.New(`-((?:cp|py|pp)[0-9a-z.]+)-([0-9a-z_.]+)-([0-9a-zA-Z_.]+)\.whl$`)

// wheelFor says whether a wheel installs on a line of Python on Linux, and whether
// it is one for Linux or any system at all.
func wheelFor(name string, line int) (fits, linux bool) {
	m := wheelName.FindStringSubmatch(name)
	if m == nil {
		return false, false
	}
	python, abi, platform := m[1], m[2], m[3]
	if platform != "any" && (!strings.Contains(platform, "linux") || strings.Contains(platform, "musllinux") || !strings.Contains(platform, "x86_64") && !strings.Contains(platform, "aarch64")) {
		return false, false
	}
	for tag := range strings.SplitSeq(python, ".") {
		number, ok := strings.CutPrefix(tag, "cp3")
		n, err := strconv.Atoi(number)
		switch {
		case strings.HasPrefix(tag, "py3"):
			return true, true
		case !ok || err != nil:
		case n == line && !strings.HasSuffix(abi, "t"), abi == "abi3" && n <= line:
			return true, true
		}
	}
	return false, true
}

// HasWheel says whether a package has a wheel for a line of Python, where its
// lockfile lists its files. Packages without any for Linux are built wherever.
func (p Package) HasWheel(line int) (has, some bool) {
	for _, name := range p.Wheels {
		fits, linux := wheelFor(name, line)
		if fits {
			return true, true
		}
		some = some || linux
	}
	return false, some
}

// Fits says whether a package installs without a compiler on a line of Python, as
// far as that is known.
func (p Package) Fits(line int) bool {
	if has, some := p.HasWheel(line); p.Listed && some {
		return has
	}
	first, ok := firstWheels[p.Name][line]
	if !ok || p.Version == "" {
		return true
	}
	have, err := pep440.Parse(p.Version)
	if err != nil {
		since, ok := firstReleases[p.Name]
		return !ok || since[line] != never
	}
	if old, ok := pure[p.Name]; ok && have.LessThan(pep440.MustParse(old)) {
		return true
	}
	return have.GreaterThanOrEqual(pep440.MustParse(first))
}
