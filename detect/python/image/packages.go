package image

import (
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
)

// system is what a distribution needs of Debian: to be built where there is no wheel
// for it, and to run. Names are those of trixie.
type system struct {
	name   string
	unless []string // another distribution, or name[extra], that brings it along
	source bool     // there are no wheels for Linux
	build  []string
	run    []string
}

// compiler is what builds an extension in C. The headers of Python are in its image.
var compiler = []string{"gcc", "libc6-dev"}

// systems is ordered by name. Sources: the documentation of each distribution on its
// installation, the files on PyPI, and the package index of Debian 13.
var systems = []system{
	{name: "cairocffi", run: []string{"libcairo2"}},
	{name: "cairosvg", run: []string{"libcairo2"}},
	{name: "camelot-py", run: []string{"ghostscript"}},
	{name: "confluent-kafka", build: []string{"librdkafka-dev"}, run: nil},
	{name: "cx-oracle", run: []string{"libaio1t64"}},
	{name: "django-auth-ldap", run: []string{"libldap2", "libsasl2-2", "libsasl2-modules"}},
	{name: "easyocr", run: []string{"libgl1", "libglib2.0-0t64"}},
	{name: "ffmpeg-python", run: []string{"ffmpeg"}},
	{name: "fiona", build: []string{"g++", "libgdal-dev"}, run: nil},
	{name: "gdal", source: true, build: []string{"g++", "libgdal-dev"}, run: []string{"libgdal36"}},
	{name: "graphviz", run: []string{"graphviz"}},
	{name: "h5py", build: []string{"libhdf5-dev", "pkg-config"}, run: nil},
	{name: "jpype1", run: []string{"default-jre-headless"}},
	{name: "konlpy", run: []string{"default-jre-headless"}},
	{name: "language-tool-python", run: []string{"default-jre-headless"}},
	{name: "librosa", run: []string{"libsndfile1"}},
	{name: "lightgbm", run: []string{"libgomp1"}},
	{name: "lxml", build: []string{"libxml2-dev", "libxslt1-dev"}, run: []string{"libxml2", "libxslt1.1"}},
	{name: "moviepy", run: []string{"ffmpeg"}},
	{name: "mysqlclient", source: true, build: []string{"default-libmysqlclient-dev", "pkg-config"}, run: []string{"libmariadb3"}},
	{name: "ocrmypdf", run: []string{"ghostscript", "tesseract-ocr"}},
	{name: "opencv-contrib-python", run: []string{"libgl1", "libglib2.0-0t64"}},
	{name: "opencv-python", run: []string{"libgl1", "libglib2.0-0t64"}},
	{name: "openai-whisper", run: []string{"ffmpeg"}},
	{name: "pdf2image", run: []string{"poppler-utils"}},
	{name: "pillow", build: []string{"libjpeg-dev", "zlib1g-dev", "libfreetype-dev"}, run: []string{"libjpeg62-turbo", "libfreetype6"}},
	{name: "psycopg", unless: []string{"psycopg-binary", "psycopg-c", "psycopg[binary]", "psycopg[c]"}, run: []string{"libpq5"}},
	{name: "psycopg-c", source: true, build: []string{"libpq-dev"}, run: []string{"libpq5"}},
	{name: "psycopg2", source: true, build: []string{"libpq-dev"}, run: []string{"libpq5"}},
	{name: "psycopg2-binary", build: []string{"libpq-dev"}, run: []string{"libpq5"}},
	{name: "pyaudio", source: true, build: []string{"portaudio19-dev"}, run: []string{"libportaudio2"}},
	{name: "pycairo", source: true, build: []string{"libcairo2-dev", "pkg-config"}, run: []string{"libcairo2"}},
	{name: "pycurl", build: []string{"libcurl4-openssl-dev", "libssl-dev"}, run: []string{"libcurl4t64"}},
	{name: "pydub", run: []string{"ffmpeg"}},
	{name: "pygraphviz", source: true, build: []string{"libgraphviz-dev", "pkg-config"}, run: []string{"graphviz"}},
	{name: "pylibmc", build: []string{"libmemcached-dev", "zlib1g-dev"}, run: []string{"libmemcached11t64"}},
	{name: "pyodbc", build: []string{"g++", "unixodbc-dev"}, run: []string{"libodbc2"}},
	{name: "pypandoc", run: []string{"pandoc"}},
	{name: "pyspark", run: []string{"default-jre-headless"}},
	{name: "pytesseract", run: []string{"tesseract-ocr"}},
	{name: "python-ldap", source: true, build: []string{"libldap-dev", "libsasl2-dev"}, run: []string{"libldap2", "libsasl2-2", "libsasl2-modules"}},
	{name: "python-magic", run: []string{"libmagic1t64"}},
	{name: "python-snappy", build: []string{"g++", "libsnappy-dev"}, run: nil},
	{name: "pyttsx3", run: []string{"espeak-ng", "libespeak1"}},
	{name: "pyvips", unless: []string{"pyvips-binary", "pyvips[binary]"}, run: []string{"libvips42t64"}},
	{name: "pyzbar", run: []string{"libzbar0t64"}},
	{name: "rtree", build: []string{"libspatialindex-dev"}, run: nil},
	{name: "scikit-learn", build: []string{"g++", "gfortran"}, run: nil},
	{name: "sounddevice", run: []string{"libportaudio2"}},
	{name: "soundfile", run: nil, build: []string{"libsndfile1-dev"}},
	{name: "tabula-py", run: []string{"default-jre-headless"}},
	{name: "torch", run: []string{"libgomp1"}},
	{name: "uwsgi", source: true, build: []string{"libpcre2-dev"}, run: []string{"libpcre2-8-0"}},
	{name: "wand", run: []string{"libmagickwand-7.q16-10"}},
	{name: "weasyprint", run: []string{"fonts-dejavu-core", "libharfbuzz-subset0", "libpango-1.0-0", "libpangoft2-1.0-0"}},
	{name: "xgboost", run: []string{"libgomp1"}},
	{name: "xmlsec", build: []string{"libxmlsec1-dev", "pkg-config"}, run: []string{"libxmlsec1t64", "libxmlsec1t64-openssl"}},
	{name: "yara-python", build: []string{"libssl-dev"}, run: nil},
}

// bundled are distributions whose wheels hold what they run with: it is needed of
// Debian only where they are built.
var bundled = []string{"confluent-kafka", "fiona", "h5py", "lxml", "pillow", "psycopg2-binary", "pycurl", "pylibmc", "rtree", "soundfile", "xmlsec", "yara-python", "python-snappy"}

// called are the packages of programs that a program may call.
var called = map[string][]string{
	"ffmpeg": {"ffmpeg"}, "ffprobe": {"ffmpeg"}, "git": {"git"}, "pdftotext": {"poppler-utils"}, "pdftoppm": {"poppler-utils"}, "pdfinfo": {"poppler-utils"},
	"tesseract": {"tesseract-ocr"}, "convert": {"imagemagick"}, "magick": {"imagemagick"}, "pandoc": {"pandoc"}, "curl": {"curl"}, "wget": {"wget"},
	"pg_dump": {"postgresql-client"}, "psql": {"postgresql-client"}, "pg_restore": {"postgresql-client"}, "mysqldump": {"default-mysql-client"},
	"dot": {"graphviz"}, "soffice": {"libreoffice"}, "libreoffice": {"libreoffice"}, "exiftool": {"libimage-exiftool-perl"}, "unzip": {"unzip"}, "zip": {"zip"},
	"gs": {"ghostscript"}, "jq": {"jq"}, "sox": {"sox"}, "espeak": {"espeak"}, "ssh": {"openssh-client"}, "rsync": {"rsync"}, "nmap": {"nmap"},
	"ping": {"iputils-ping"}, "traceroute": {"traceroute"}, "dig": {"bind9-dnsutils"}, "whois": {"whois"}, "chromium": {"chromium"}, "inkscape": {"inkscape"},
}

// browsers is what Playwright's Chromium runs with (its nativeDeps for Debian 13).
var browsers = []string{
	"fonts-liberation", "libasound2t64", "libatk-bridge2.0-0t64", "libatk1.0-0t64", "libatspi2.0-0t64", "libcairo2", "libcups2t64", "libdbus-1-3",
	"libdrm2", "libgbm1", "libglib2.0-0t64", "libnspr4", "libnss3", "libpango-1.0-0", "libx11-6", "libxcb1", "libxcomposite1", "libxdamage1",
	"libxext6", "libxfixes3", "libxkbcommon0", "libxrandr2",
}

// need is a package of Debian with what wants it.
type need struct {
	build, run []string
	why        string
	at         detect.Evidence
}

// needed lists what the distributions and calls of a program need of Debian, for a
// line of Python.
func (p *planner) needed(line int) []need {
	d := p.detail
	var all []need
	for _, s := range systems {
		pkg, ok := d.Project.Has(s.name)
		if !ok || slices.ContainsFunc(s.unless, p.brings) {
			continue
		}
		n := need{run: s.run, why: s.name, at: pkg.At}
		built := s.isBuilt(pkg, line)
		if slices.Contains(bundled, s.name) && !built {
			continue
		}
		if built {
			n.build = slices.Concat(compiler, s.build)
			n.why += ", which is built from source"
		}
		if len(n.build)+len(n.run) > 0 {
			all = append(all, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Project.Packages)) {
		pkg := d.Project.Packages[name]
		if known := slices.ContainsFunc(systems, func(s system) bool { return s.name == name }); !known && !pkg.Fits(line) {
			all = append(all, need{build: []string{"build-essential"}, why: name + ", which has no wheel for this Python", at: pkg.At})
		}
		if pkg.Git != "" {
			build := []string{"git"}
			if pkg.BySSH() {
				build = append(build, "openssh-client")
			}
			all = append(all, need{build: build, why: name + ", which comes from a repository", at: pkg.At})
		}
		if name == "playwright" {
			all = append(all, need{run: browsers, why: "the browser of Playwright", at: pkg.At})
		}
	}
	if d.Django != nil && d.Django.GIS.File != "" {
		all = append(all, need{run: []string{"libgdal36", "libgeos-c1t64", "libproj25"}, why: "GeoDjango", at: d.Django.GIS})
	}
	for _, c := range d.Starts {
		if packages, ok := called[c.Path]; ok {
			all = append(all, need{run: packages, why: "the program calls " + c.Path, at: c.At})
		}
	}
	return all
}

// isBuilt says whether a distribution has to be built.
func (s system) isBuilt(p project.Package, line int) bool {
	if p.Listed {
		has, some := p.HasWheel(line)
		return !has && (some || s.source)
	}
	return s.source || !p.Fits(line)
}

// brings says whether a distribution, or one with an extra, is there.
func (p *planner) brings(name string) bool {
	d := p.detail
	base, extra, ok := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	if ok {
		all := []project.Project{d.Project}
		all = append(all, d.Closure...)
		return slices.ContainsFunc(all, func(p project.Project) bool { return p.Extra(base, extra) })
	}
	_, has := d.Project.Has(base)
	return has
}
