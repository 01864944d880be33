package project

import (
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"github.com/dockgen/dockgen/internal/pattern"
)

// limit is what releases of a distribution should have said of another one and did not: they
// start only with an older one than the newest that an installation takes.
type limit struct {
	of    string // the distribution
	extra string // of it, that alone has it need the other; empty where it always does
	until string // its first release that needs no limit; empty where there is none
	other string
	below string // the first release of the other that it cannot do with
	lacks string // what happens with that
}

// limits in the order of names. Source: each was installed into an empty environment with
// what its own requirements bring, imported, and once more with the limit.
var limits = []limit{
	{"anthropic", "", "0.40.0", "httpx", "0.28", "gives a client an argument that httpx 0.28 took away"},
	{"apscheduler", "", "3.10.4", "setuptools", "82", pkgResources},
	{"dash", "", "2.18.2", "setuptools", "82", pkgResources},
	{"djangorestframework-simplejwt", "", "5.3.1", "setuptools", "82", pkgResources},
	{"docxcompose", "", "", "setuptools", "82", pkgResources},
	{"drf-yasg", "", "1.21.10", "setuptools", "82", pkgResources},
	{"face-recognition-models", "", "", "setuptools", "82", pkgResources},
	{"flask", "", "1.1.3", "itsdangerous", "2.1", "imports names that ItsDangerous 2.1 took away"},
	{"flask", "", "1.1.3", "jinja2", "3.1", "imports names that Jinja2 3.1 took away"},
	{"flask", "", "1.1.3", "werkzeug", "2.1", "imports names that Werkzeug 2.1 took away"},
	{"flask", "", "2.2.3", "werkzeug", "3", "imports names that Werkzeug 3 took away"},
	{"flask-login", "", "0.6.3", "werkzeug", "3", "imports names that Werkzeug 3 took away"},
	{"flask-restplus", "", "", "setuptools", "82", pkgResources},
	{"flask-sqlalchemy", "", "3.0.0", "flask", "2.3", "imports names that Flask 2.3 took away"},
	{"flask-sqlalchemy", "", "3.0.0", "sqlalchemy", "2", "is made for SQLAlchemy 1"},
	{"fs", "", "", "setuptools", "82", pkgResources},
	{"groq", "", "0.13.0", "httpx", "0.28", "gives a client an argument that httpx 0.28 took away"},
	{"gunicorn", "", "21.0.0", "setuptools", "82", pkgResources},
	{"humanize", "", "4.0.0", "setuptools", "82", pkgResources},
	{"jinja2", "", "3.0.0", "markupsafe", "2.1", "imports names that MarkupSafe 2.1 took away"},
	{"librosa", "", "0.10.2", "setuptools", "82", pkgResources},
	{"matplotlib", "", "3.8.0", "numpy", "2", numpyOne},
	{"openai", "", "1.55.3", "httpx", "0.28", "gives a client an argument that httpx 0.28 took away"},
	{"opencv-contrib-python", "", "4.10.0.84", "numpy", "2", numpyOne},
	{"opencv-python", "", "4.10.0.84", "numpy", "2", numpyOne},
	{"opencv-python-headless", "", "4.10.0.84", "numpy", "2", numpyOne},
	{"opentelemetry-instrumentation", "", "0.50b0", "setuptools", "82", pkgResources},
	{"pandas", "", "2.1.4", "numpy", "2", numpyOne},
	{"passlib", "bcrypt", "", "bcrypt", "4.1", "asks bcrypt what bcrypt 4.1 no longer answers, and 5 refuses"},
	{"pymilvus", "", "2.6.0", "setuptools", "82", pkgResources},
	{"pyramid", "", "", "setuptools", "82", pkgResources},
	{"python-telegram-bot", "", "20.0", "setuptools", "82", pkgResources},
	{"razorpay", "", "", "setuptools", "82", pkgResources},
	{"resampy", "", "", "setuptools", "82", pkgResources},
	{"scikit-learn", "", "1.4.2", "numpy", "2", numpyOne},
	{"streamlit", "", "1.22.0", "altair", "5", "imports what Altair 5 took away"},
	{"streamlit", "", "1.22.0", "numpy", "2", numpyOne},
	{"tensorflow-hub", "", "", "setuptools", "82", pkgResources},
	{"web3", "", "6.20.0", "setuptools", "82", pkgResources},
}

// numpyOne is what was compiled against the first NumPy and cannot load with the second.
const numpyOne = "is compiled against NumPy 1"

// pkgResources is what setuptools brought until its release 82.0.0.
const pkgResources = "imports pkg_resources, which setuptools has no more"

// Limit is an older release that an installation has to take of a distribution, and why.
type Limit struct {
	Requirement string // "setuptools<82"
	By          Package
	Since       string // its first release that needs no limit, or none
	Why         string
	Locked      Package // what the lockfile has of it, where that is too new
}

// Limits are what a project's distributions should have said of others, where nothing of the
// project itself bounds these. A lockfile lists all but setuptools, which Poetry, Pipenv and
// pip-tools long left out.
func (p *Project) Limits() []Limit {
	var all []Limit
	for _, l := range limits {
		by, ok := p.Packages[l.of]
		_, has := p.Packages[l.other]
		if !ok || !p.before(by, l.until) || l.extra != "" && !has && !p.Extra(l.of, l.extra) {
			continue
		}
		one := Limit{Requirement: l.other + "<" + l.below, By: by, Since: l.until, Why: l.lacks}
		switch other, listed := p.Packages[l.other]; {
		case listed && other.Version != "":
			have, err := pep440.Parse(other.Version)
			if err != nil || have.LessThan(pep440.MustParse(l.below)) {
				continue
			}
			one.Locked = other
		case listed && p.bounded(l.other, l.below), !listed && p.Lock != "" && l.other != "setuptools":
			continue
		}
		if !slices.ContainsFunc(all, func(o Limit) bool { return strings.HasPrefix(o.Requirement, l.other+"<") }) {
			all = append(all, one)
		}
	}
	return all
}

// before says whether what is installed of a distribution is older than a release: all that
// there is, where that release was never made.
func (p *Project) before(by Package, until string) bool {
	if until == "" {
		return true
	}
	if have, err := pep440.Parse(by.Version); err == nil {
		return have.LessThan(pep440.MustParse(until))
	}
	return by.Version == "" && p.bounded(by.Name, until)
}

// named are the releases that a specifier names.
var named = pattern.New(`\d+(?:\.\d+)*`)

// bounded says whether a requirement of the project's own allows neither a release nor any
// after it.
func (p *Project) bounded(name, release string) bool {
	return slices.ContainsFunc(p.Direct, func(r Requirement) bool {
		if r.Name != name || r.Version == "" {
			return false
		}
		set, err := pep440.NewSpecifiers(r.Version)
		until := pep440.MustParse(release)
		later := slices.ContainsFunc(named.FindAllStringSubmatch(r.Version, -1), func(v []string) bool { return pep440.MustParse(v[0]).GreaterThan(until) })
		return err == nil && !later && !set.Check(until) && !set.Check(pep440.MustParse("99999"))
	})
}
