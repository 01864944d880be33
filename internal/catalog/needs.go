package catalog

// Need is what a dependency of a language wants of the distribution, to be built and to
// run: values, no decisions. Packages have their names in Debian 13; [Catalog.Names] gives
// those of other families. Only the fields of its language count.
type Need struct {
	Name       string
	Build, Run []string
	Unless     []string // others that bring it along: of Python also name[extra]
	With       string   // Rust: what the crate itself needs where it brings the library along
	Only       []string // Rust: the crates for whose sake it is not needed
	Below      int      // Node: only for major versions below this; 0: for all
	Cxx        bool     // C++
	Tool       bool     // Rust: a program that the build calls, and nothing to link against
	Source     bool     // Python: there are no wheels for Linux
	Bundled    bool     // Python: wheels hold what it runs with, which is needed only where it is built
	Compile    bool     // Node: it compiles a native addon where it has no binary for the platform
	Binary     bool     // Node: native code of its own, so that builder and runtime share a C library
	Browser    bool     // Node: it downloads one by a command of its own
	Direct     bool     // Node: counts only where a manifest names it, as others bring it along unused
	Init       bool     // Node: it starts processes that it does not wait for
	NoMusl     string   // Node: why it does not run on Alpine, or empty
	Env        []string // while it is installed, NAME=value
	RunEnv     []string // while it runs
}

// Needs lists the dependencies of go, node, python or rust that want something of the
// distribution.
func Needs(language string) []Need { return needs[language] }

// Library is what a C library wants that a program is linked against, by its name for -l or
// pkg-config. What the C library of the distribution brings has no packages.
func Library(name string) (Need, bool) {
	for _, n := range libraries {
		if n.Name == name {
			return n, true
		}
	}
	return Need{}, false
}

// Program is the package that has a program which others start.
func Program(name string) (pkg string, ok bool) {
	pkg, ok = programs[name]
	return pkg, ok
}

// Chromium lists what the Chromium of Playwright is linked against on Debian 13:
// packages/playwright-core/src/server/registry/nativeDeps.ts of Playwright.
func Chromium() []string {
	return []string{
		"fonts-liberation", "libasound2t64", "libatk-bridge2.0-0t64", "libatk1.0-0t64", "libatspi2.0-0t64", "libcairo2", "libcups2t64", "libdbus-1-3",
		"libdrm2", "libgbm1", "libglib2.0-0t64", "libnspr4", "libnss3", "libpango-1.0-0", "libx11-6", "libxcb1", "libxcomposite1", "libxdamage1",
		"libxext6", "libxfixes3", "libxkbcommon0", "libxrandr2",
	}
}

// needs of each language. Sources: the documentation, build script or installation guide of
// each dependency in the version current in August 2026, the files on PyPI, and the package
// index of Debian 13.
var needs = map[string][]Need{
	"go": { // modules, by the path that an import begins with
		{Name: "github.com/mattn/go-sqlite3"},
		{Name: "gorm.io/driver/sqlite"},
		{Name: "github.com/rqlite/go-sqlite3"},
		{Name: "github.com/mutecomm/go-sqlcipher"},
		{Name: "github.com/confluentinc/confluent-kafka-go"},
		{Name: "github.com/davidbyttow/govips", Build: []string{"libvips-dev"}, Run: []string{"libvips42t64"}},
		{Name: "github.com/h2non/bimg", Build: []string{"libvips-dev"}, Run: []string{"libvips42t64"}},
		{Name: "gopkg.in/gographics/imagick.v3", Build: []string{"libmagickwand-dev"}, Run: []string{"libmagickwand-7.q16-10"}},
		{Name: "github.com/marcboeker/go-duckdb", Cxx: true},
		{Name: "github.com/duckdb/duckdb-go", Cxx: true},
		{Name: "github.com/miekg/pkcs11"},
		{Name: "github.com/smacker/go-tree-sitter", Cxx: true},
		{Name: "github.com/tree-sitter/go-tree-sitter"},
		{Name: "github.com/godror/godror"},
	},
	"node": {
		{Name: "prisma", Build: []string{"ca-certificates", "openssl"}, Run: []string{"ca-certificates", "openssl"}, Direct: true},
		{Name: "@prisma/client", Build: []string{"ca-certificates", "openssl"}, Run: []string{"ca-certificates", "openssl"}, Direct: true},
		{Name: "sharp", Binary: true},
		{Name: "bcrypt", Compile: true, Binary: true},
		{Name: "argon2", Compile: true, Binary: true},
		{Name: "better-sqlite3", Compile: true, Binary: true},
		{Name: "sqlite3", Compile: true, Binary: true},
		{Name: "isolated-vm", Compile: true, Binary: true},
		{Name: "node-pty", Compile: true, Binary: true},
		{Name: "re2", Compile: true, Binary: true},
		{Name: "sodium-native", Compile: true, Binary: true},
		{Name: "cpu-features", Compile: true, Binary: true},
		{Name: "bufferutil", Binary: true},
		{Name: "utf-8-validate", Binary: true},
		{Name: "node-rdkafka", Compile: true, Binary: true, Build: []string{"libsasl2-dev", "libssl-dev", "libzstd-dev", "zlib1g-dev"}, Run: []string{"libsasl2-2", "libzstd1"}},
		{Name: "@confluentinc/kafka-javascript", Binary: true, NoMusl: "librdkafka is built for glibc"},
		{Name: "pg-native", Compile: true, Binary: true, Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
		{Name: "libpq", Compile: true, Binary: true, Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
		{Name: "canvas", Below: 3, Compile: true, Binary: true,
			Build: []string{"libcairo2-dev", "libgif-dev", "libjpeg-dev", "libpango1.0-dev", "librsvg2-dev", "pkg-config"},
			Run:   []string{"libcairo2", "libgif7", "libjpeg62-turbo", "libpango-1.0-0", "libpangocairo-1.0-0", "librsvg2-2"}},
		{Name: "canvas", Binary: true, Run: []string{"fontconfig"}},
		{Name: "puppeteer", Direct: true, Init: true, NoMusl: "its browser is Debian's Chromium",
			Run:    []string{"chromium", "chromium-sandbox", "fonts-liberation"},
			Env:    []string{"PUPPETEER_SKIP_DOWNLOAD=true"},
			RunEnv: []string{"PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium"}},
		{Name: "puppeteer-core", Direct: true, Init: true, NoMusl: "its browser is Debian's Chromium",
			Run:    []string{"chromium", "chromium-sandbox", "fonts-liberation"},
			RunEnv: []string{"PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium"}},
		{Name: "playwright", Direct: true, Init: true, NoMusl: "its browsers are built for glibc", Browser: true, Run: Chromium(),
			Env:    []string{"PLAYWRIGHT_BROWSERS_PATH=/ms-playwright"},
			RunEnv: []string{"PLAYWRIGHT_BROWSERS_PATH=/ms-playwright"}},
		{Name: "ffmpeg-static", NoMusl: "its ffmpeg is built for glibc"},
		{Name: "fluent-ffmpeg", Direct: true, Run: []string{"ffmpeg"}},
		{Name: "gm", Direct: true, Run: []string{"graphicsmagick"}},
		{Name: "imagemagick", Direct: true, Run: []string{"imagemagick"}},
		{Name: "simple-git", Direct: true, Run: []string{"ca-certificates", "git"}},
		{Name: "pdf-poppler", Direct: true, Run: []string{"poppler-utils"}},
		{Name: "pdf2pic", Direct: true, Run: []string{"ghostscript", "graphicsmagick"}},
		{Name: "node-tesseract-ocr", Direct: true, Run: []string{"tesseract-ocr"}},
		{Name: "usb", Compile: true, Binary: true, Build: []string{"libudev-dev"}, Run: []string{"libudev1"}},
		{Name: "serialport", Binary: true},
		{Name: "zeromq", Binary: true},
		{Name: "oracledb", Binary: true, NoMusl: "its client is built for glibc"},
		{Name: "onnxruntime-node", Binary: true, NoMusl: "its library is built for glibc"},
		{Name: "@tensorflow/tfjs-node", Binary: true, NoMusl: "its library is built for glibc"},
		{Name: "workerd", Binary: true, NoMusl: "it is built for glibc"},
		{Name: "nodegit", Compile: true, Binary: true, Build: []string{"libkrb5-dev", "libssl-dev"}, Run: []string{"libgssapi-krb5-2"}},
		{Name: "kerberos", Compile: true, Binary: true, Build: []string{"libkrb5-dev"}, Run: []string{"libgssapi-krb5-2"}},
		{Name: "keytar", Compile: true, Binary: true, Build: []string{"libsecret-1-dev", "pkg-config"}, Run: []string{"libsecret-1-0"}},
		{Name: "odbc", Compile: true, Binary: true, Build: []string{"unixodbc-dev"}, Run: []string{"libodbc2"}},
		{Name: "node-libcurl", Compile: true, Binary: true, Build: []string{"libcurl4-openssl-dev", "libssl-dev"}, Run: []string{"ca-certificates", "libcurl4t64"}},
		{Name: "pcap", Compile: true, Binary: true, Build: []string{"libpcap-dev"}, Run: []string{"libpcap0.8t64"}},
		{Name: "speaker", Compile: true, Binary: true, Build: []string{"libasound2-dev"}, Run: []string{"libasound2t64"}},
		{Name: "midi", Compile: true, Binary: true, Build: []string{"libasound2-dev"}, Run: []string{"libasound2t64"}},
		{Name: "gl", Compile: true, Binary: true, Build: []string{"libglew-dev", "libglu1-mesa-dev", "libxi-dev", "pkg-config"}, Run: []string{"libgl1", "libglew2.2", "libxi6"}},
	},
	"python": {
		{Name: "cairocffi", Run: []string{"libcairo2"}},
		{Name: "cairosvg", Run: []string{"libcairo2"}},
		{Name: "camelot-py", Run: []string{"ghostscript"}},
		{Name: "confluent-kafka", Bundled: true, Build: []string{"librdkafka-dev"}},
		{Name: "cx-oracle", Run: []string{"libaio1t64"}},
		{Name: "django-auth-ldap", Run: []string{"libldap2", "libsasl2-2", "libsasl2-modules"}},
		{Name: "easyocr", Run: []string{"libgl1", "libglib2.0-0t64"}},
		{Name: "ffmpeg-python", Run: []string{"ffmpeg"}},
		{Name: "fiona", Bundled: true, Build: []string{"g++", "libgdal-dev"}},
		{Name: "gdal", Source: true, Build: []string{"g++", "libgdal-dev"}, Run: []string{"libgdal36"}},
		{Name: "graphviz", Run: []string{"graphviz"}},
		{Name: "h5py", Bundled: true, Build: []string{"libhdf5-dev", "pkg-config"}},
		{Name: "jpype1", Run: []string{"default-jre-headless"}},
		{Name: "konlpy", Run: []string{"default-jre-headless"}},
		{Name: "language-tool-python", Run: []string{"default-jre-headless"}},
		{Name: "librosa", Run: []string{"libsndfile1"}},
		{Name: "lightgbm", Run: []string{"libgomp1"}},
		{Name: "lxml", Bundled: true, Build: []string{"libxml2-dev", "libxslt1-dev"}, Run: []string{"libxml2", "libxslt1.1"}},
		{Name: "moviepy", Run: []string{"ffmpeg"}},
		{Name: "mysqlclient", Source: true, Build: []string{"default-libmysqlclient-dev", "pkg-config"}, Run: []string{"libmariadb3"}},
		{Name: "ocrmypdf", Run: []string{"ghostscript", "tesseract-ocr"}},
		{Name: "opencv-contrib-python", Run: []string{"libgl1", "libglib2.0-0t64"}},
		{Name: "opencv-python", Run: []string{"libgl1", "libglib2.0-0t64"}},
		{Name: "openai-whisper", Run: []string{"ffmpeg"}},
		{Name: "pdf2image", Run: []string{"poppler-utils"}},
		{Name: "pillow", Bundled: true, Build: []string{"libjpeg-dev", "zlib1g-dev", "libfreetype-dev"}, Run: []string{"libjpeg62-turbo", "libfreetype6"}},
		{Name: "psycopg", Unless: []string{"psycopg-binary", "psycopg-c", "psycopg[binary]", "psycopg[c]"}, Run: []string{"libpq5"}},
		{Name: "psycopg-c", Source: true, Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
		{Name: "psycopg2", Source: true, Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
		{Name: "psycopg2-binary", Bundled: true, Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
		{Name: "pyaudio", Source: true, Build: []string{"portaudio19-dev"}, Run: []string{"libportaudio2"}},
		{Name: "pycairo", Source: true, Build: []string{"libcairo2-dev", "pkg-config"}, Run: []string{"libcairo2"}},
		{Name: "pycurl", Bundled: true, Build: []string{"libcurl4-openssl-dev", "libssl-dev"}, Run: []string{"libcurl4t64"}},
		{Name: "pydub", Run: []string{"ffmpeg"}},
		{Name: "pygraphviz", Source: true, Build: []string{"libgraphviz-dev", "pkg-config"}, Run: []string{"graphviz"}},
		{Name: "pylibmc", Bundled: true, Build: []string{"libmemcached-dev", "zlib1g-dev"}, Run: []string{"libmemcached11t64"}},
		{Name: "pyodbc", Build: []string{"g++", "unixodbc-dev"}, Run: []string{"libodbc2"}},
		{Name: "pypandoc", Run: []string{"pandoc"}},
		{Name: "pyspark", Run: []string{"default-jre-headless"}},
		{Name: "pytesseract", Run: []string{"tesseract-ocr"}},
		{Name: "python-ldap", Source: true, Build: []string{"libldap-dev", "libsasl2-dev"}, Run: []string{"libldap2", "libsasl2-2", "libsasl2-modules"}},
		{Name: "python-magic", Run: []string{"libmagic1t64"}},
		{Name: "python-snappy", Bundled: true, Build: []string{"g++", "libsnappy-dev"}},
		{Name: "pyttsx3", Run: []string{"espeak-ng", "libespeak1"}},
		{Name: "pyvips", Unless: []string{"pyvips-binary", "pyvips[binary]"}, Run: []string{"libvips42t64"}},
		{Name: "pyzbar", Run: []string{"libzbar0t64"}},
		{Name: "rtree", Bundled: true, Build: []string{"libspatialindex-dev"}},
		{Name: "scikit-learn", Build: []string{"g++", "gfortran"}},
		{Name: "sounddevice", Run: []string{"libportaudio2"}},
		{Name: "soundfile", Bundled: true, Build: []string{"libsndfile1-dev"}},
		{Name: "tabula-py", Run: []string{"default-jre-headless"}},
		{Name: "torch", Run: []string{"libgomp1"}},
		{Name: "uwsgi", Source: true, Build: []string{"libpcre2-dev"}, Run: []string{"libpcre2-8-0"}},
		{Name: "wand", Run: []string{"libmagickwand-7.q16-10"}},
		{Name: "weasyprint", Run: []string{"fonts-dejavu-core", "libharfbuzz-subset0", "libpango-1.0-0", "libpangoft2-1.0-0"}},
		{Name: "xgboost", Run: []string{"libgomp1"}},
		{Name: "xmlsec", Bundled: true, Build: []string{"libxmlsec1-dev", "pkg-config"}, Run: []string{"libxmlsec1t64", "libxmlsec1t64-openssl"}},
		{Name: "yara-python", Bundled: true, Build: []string{"libssl-dev"}},
	},
	"rust": {
		{Name: "openssl-sys", Build: []string{"libssl-dev", "pkg-config"}, Run: []string{"libssl3t64"}, Unless: []string{"openssl-src"}},
		{Name: "openssl-src", Build: []string{"make", "perl"}},
		{Name: "pq-sys", Build: []string{"libpq-dev", "pkg-config"}, Run: []string{"libpq5"}, Unless: []string{"pq-src"}},
		{Name: "mysqlclient-sys", Build: []string{"default-libmysqlclient-dev", "pkg-config"}, Run: []string{"libmariadb3"}, Unless: []string{"mysqlclient-src"}},
		{Name: "libsqlite3-sys", Build: []string{"libsqlite3-dev", "pkg-config"}, Run: []string{"libsqlite3-0"}, With: "cc"},
		{Name: "rdkafka-sys", Build: []string{"g++", "make"}, Cxx: true},
		{Name: "cmake", Build: []string{"cmake", "g++", "make"}, Only: []string{"aws-lc-sys", "aws-lc-fips-sys"}},
		{Name: "bindgen", Build: []string{"libclang-dev"}, Only: []string{"aws-lc-sys"}},
		{Name: "clang-sys", Build: []string{"libclang-dev"}, Only: []string{"bindgen"}},
		{Name: "prost-build", Build: []string{"protobuf-compiler"}, Unless: []string{"protoc-bin-vendored"}, Tool: true},
		{Name: "protobuf-codegen", Build: []string{"protobuf-compiler"}, Unless: []string{"protoc-bin-vendored"}, Tool: true},
		{Name: "grpcio-compiler", Build: []string{"protobuf-compiler"}, Tool: true},
		{Name: "tikv-jemalloc-sys", Build: []string{"make"}},
		{Name: "jemalloc-sys", Build: []string{"make"}},
		{Name: "libsodium-sys", Build: []string{"libsodium-dev", "pkg-config"}, Run: []string{"libsodium23"}},
		{Name: "alsa-sys", Build: []string{"libasound2-dev", "pkg-config"}, Run: []string{"libasound2t64"}},
		{Name: "libudev-sys", Build: []string{"libudev-dev", "pkg-config"}, Run: []string{"libudev1"}},
		{Name: "libdbus-sys", Build: []string{"libdbus-1-dev", "pkg-config"}, Run: []string{"libdbus-1-3"}, With: "cc"},
		{Name: "pcap", Build: []string{"libpcap-dev", "pkg-config"}, Run: []string{"libpcap0.8t64"}},
		{Name: "yeslogic-fontconfig-sys", Build: []string{"libfontconfig-dev", "pkg-config"}, Run: []string{"libfontconfig1"}},
		{Name: "servo-fontconfig-sys", Build: []string{"libfontconfig-dev", "pkg-config"}, Run: []string{"libfontconfig1"}},
		{Name: "libxml", Build: []string{"libxml2-dev", "pkg-config", "libclang-dev"}, Run: []string{"libxml2"}},
		{Name: "zmq-sys", Build: []string{"libzmq3-dev", "pkg-config"}, Run: []string{"libzmq5"}},
		{Name: "sasl2-sys", Build: []string{"libsasl2-dev", "pkg-config"}, Run: []string{"libsasl2-2"}},
		{Name: "libgssapi-sys", Build: []string{"libkrb5-dev", "libclang-dev"}, Run: []string{"libgssapi-krb5-2"}},
		{Name: "odbc-sys", Build: []string{"unixodbc-dev"}, Run: []string{"libodbc2"}},
		{Name: "gdal-sys", Build: []string{"libgdal-dev", "pkg-config", "libclang-dev"}, Run: []string{"libgdal36"}},
		{Name: "geos-sys", Build: []string{"libgeos-dev", "pkg-config"}, Run: []string{"libgeos-c1t64"}},
		{Name: "proj-sys", Build: []string{"libproj-dev", "pkg-config", "libclang-dev"}, Run: []string{"libproj25"}},
		{Name: "leptonica-sys", Build: []string{"libleptonica-dev", "pkg-config", "libclang-dev"}, Run: []string{"libleptonica6"}},
		{Name: "tesseract-sys", Build: []string{"libtesseract-dev", "pkg-config", "libclang-dev"}, Run: []string{"libtesseract5", "tesseract-ocr-eng"}, Cxx: true},
		{Name: "librdkafka-sys", Build: []string{"librdkafka-dev", "pkg-config"}, Run: []string{"librdkafka1"}},
		{Name: "libvips", Build: []string{"libvips-dev", "pkg-config"}, Run: []string{"libvips42t64"}},
		{Name: "magick_rust", Build: []string{"libmagickwand-dev", "pkg-config", "libclang-dev"}, Run: []string{"libmagickwand-7.q16-10"}},
		{Name: "nettle-sys", Build: []string{"nettle-dev", "pkg-config", "libclang-dev"}, Run: []string{"libnettle8t64", "libhogweed6t64"}},
		{Name: "heif-sys", Build: []string{"libheif-dev", "pkg-config"}, Run: []string{"libheif1"}},
		{Name: "libheif-sys", Build: []string{"libheif-dev", "pkg-config"}, Run: []string{"libheif1"}},
		{Name: "hdf5-sys", Build: []string{"libhdf5-dev", "pkg-config"}, Run: []string{"libhdf5-310"}, Unless: []string{"hdf5-src"}},
		{Name: "librocksdb-sys", Build: []string{"g++", "libclang-dev"}, Cxx: true},
		{Name: "link-cplusplus", Build: []string{"g++"}, Cxx: true},
		{Name: "cxx-build", Build: []string{"g++"}, Cxx: true},
		{Name: "libduckdb-sys", Build: []string{"g++"}, Cxx: true},
		{Name: "esaxx-rs", Build: []string{"g++"}, Cxx: true},
		{Name: "snmalloc-sys", Build: []string{"cmake", "g++", "make"}, Cxx: true},
		{Name: "ort-sys", Build: []string{"g++"}, Cxx: true},
		{Name: "whisper-rs-sys", Build: []string{"cmake", "g++", "make", "libclang-dev"}, Cxx: true},
		{Name: "mozjpeg-sys", Build: []string{"nasm"}},
		{Name: "rav1e", Build: []string{"nasm"}},
		{Name: "turbojpeg-sys", Build: []string{"cmake", "make", "nasm"}},
		{Name: "capnpc", Build: []string{"capnproto"}, Tool: true},
		{Name: "flatc-rust", Build: []string{"flatbuffers-compiler"}, Tool: true},
		{Name: "yubihsm", Build: []string{"libusb-1.0-0-dev", "pkg-config"}, Run: []string{"libusb-1.0-0"}},
		{Name: "tss-esapi-sys", Build: []string{"libtss2-dev", "pkg-config"}, Run: []string{"libtss2-esys-3.0.2-0t64"}},
		{Name: "ffmpeg-sys-next", Build: []string{"libavcodec-dev", "libavdevice-dev", "libavfilter-dev", "libavformat-dev", "libavutil-dev", "libclang-dev", "libswresample-dev", "libswscale-dev", "pkg-config"}, Run: []string{"libavcodec61", "libavdevice61", "libavfilter10", "libavformat61", "libavutil59", "libswresample5", "libswscale8"}},
		{Name: "poppler-sys-rs", Build: []string{"libpoppler-glib-dev", "pkg-config"}, Run: []string{"libpoppler-glib8t64"}},
		{Name: "glib-sys", Build: []string{"libglib2.0-dev", "pkg-config"}, Run: []string{"libglib2.0-0t64"}},
		{Name: "cairo-sys-rs", Build: []string{"libcairo2-dev", "pkg-config"}, Run: []string{"libcairo2"}},
		{Name: "pango-sys", Build: []string{"libpango1.0-dev", "pkg-config"}, Run: []string{"libpango-1.0-0"}},
		{Name: "opencv", Build: []string{"clang", "libclang-dev", "libopencv-dev", "pkg-config"}, Run: []string{"libopencv-contrib410"}, Cxx: true},
		{Name: "aws-lc-fips-sys", Build: []string{"cmake", "g++", "golang-go", "make", "perl"}},
		{Name: "libmariadb-sys", Build: []string{"libmariadb-dev", "pkg-config"}, Run: []string{"libmariadb3"}},
		{Name: "clamav-sys", Build: []string{"libclamav-dev", "pkg-config"}, Run: []string{"libclamav12"}},
		{Name: "augeas_sys", Build: []string{"libaugeas-dev", "pkg-config", "libclang-dev"}, Run: []string{"libaugeas0"}},
		{Name: "gpgme-sys", Build: []string{"libgpgme-dev"}, Run: []string{"libgpgme11t64"}},
		{Name: "libseccomp-sys", Build: []string{"libseccomp-dev"}, Run: []string{"libseccomp2"}},
		{Name: "v4l2-sys-mit", Build: []string{"libclang-dev", "libv4l-dev"}, Run: []string{"libv4l-0t64"}},
		{Name: "pipewire-sys", Build: []string{"libclang-dev", "libpipewire-0.3-dev", "pkg-config"}, Run: []string{"libpipewire-0.3-0t64"}},
		{Name: "libpulse-sys", Build: []string{"libpulse-dev", "pkg-config"}, Run: []string{"libpulse0"}},
		{Name: "lua-src", Build: []string{"make"}},
		{Name: "luajit-src", Build: []string{"make"}},
		{Name: "libgit2-sys"},
		{Name: "libssh2-sys"},
		{Name: "libz-sys"},
		{Name: "curl-sys"},
		{Name: "zstd-sys"},
		{Name: "lzma-sys"},
		{Name: "bzip2-sys"},
		{Name: "libusb1-sys"},
		{Name: "expat-sys"},
		{Name: "onig_sys"},
		{Name: "libsodium-sys-stable", Build: []string{"make"}},
		{Name: "libxmlsec1-sys", Build: []string{"libxmlsec1-dev", "libclang-dev", "pkg-config"}, Run: []string{"libxmlsec1t64", "libxmlsec1t64-openssl"}},
		{Name: "xmlsec", Build: []string{"libxmlsec1-dev", "libclang-dev", "pkg-config"}, Run: []string{"libxmlsec1t64", "libxmlsec1t64-openssl"}},
		{Name: "samael", Build: []string{"libclang-dev", "libxml2-dev", "libxmlsec1-dev", "pkg-config"}, Run: []string{"libxml2", "libxmlsec1t64", "libxmlsec1t64-openssl"}},
		{Name: "freetype-sys"},
		{Name: "hidapi", Build: []string{"libudev-dev", "pkg-config"}, Run: []string{"libudev1"}},
		{Name: "protobuf-src", Build: []string{"cmake", "g++", "make"}},
		{Name: "grpcio-sys", Build: []string{"cmake", "g++", "libclang-dev", "make"}, Cxx: true},
		{Name: "z3-sys", Build: []string{"libclang-dev", "libz3-dev"}, Run: []string{"libz3-4"}},
		{Name: "fuser", Build: []string{"libfuse3-dev", "pkg-config"}, Run: []string{"libfuse3-4"}},
		{Name: "jack-sys", Build: []string{"libjack-jackd2-dev", "pkg-config"}, Run: []string{"libjack-jackd2-0"}},
		{Name: "libnghttp2-sys"},
		{Name: "snappy_src", Build: []string{"g++"}, Cxx: true},
		{Name: "leveldb-sys", Build: []string{"cmake", "g++", "make"}, Cxx: true},
	},
}

// libraries are what #cgo lines name. Source: Debian 13's package index.
var libraries = []Need{
	{Name: "m"},
	{Name: "dl"},
	{Name: "pthread"},
	{Name: "rt"},
	{Name: "resolv"},
	{Name: "stdc++", Cxx: true},
	{Name: "z", Build: []string{"zlib1g-dev"}, Run: []string{"zlib1g"}},
	{Name: "zlib", Build: []string{"zlib1g-dev"}, Run: []string{"zlib1g"}},
	{Name: "sqlite3", Build: []string{"libsqlite3-dev"}, Run: []string{"libsqlite3-0"}},
	{Name: "ssl", Build: []string{"libssl-dev"}, Run: []string{"libssl3t64"}},
	{Name: "crypto", Build: []string{"libssl-dev"}, Run: []string{"libssl3t64"}},
	{Name: "openssl", Build: []string{"libssl-dev"}, Run: []string{"libssl3t64"}},
	{Name: "libpq", Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
	{Name: "pq", Build: []string{"libpq-dev"}, Run: []string{"libpq5"}},
	{Name: "vips", Build: []string{"libvips-dev"}, Run: []string{"libvips42t64"}},
	{Name: "magic", Build: []string{"libmagic-dev"}, Run: []string{"libmagic1t64"}},
	{Name: "rdkafka", Build: []string{"librdkafka-dev"}, Run: []string{"librdkafka1"}},
	{Name: "libxml-2.0", Build: []string{"libxml2-dev"}, Run: []string{"libxml2"}},
	{Name: "MagickWand", Build: []string{"libmagickwand-dev"}, Run: []string{"libmagickwand-7.q16-10"}},
}

// programs are what sources call, with the package of Debian 13 that has each.
var programs = map[string]string{
	"chromium":    "chromium",
	"convert":     "imagemagick",
	"curl":        "curl",
	"dig":         "bind9-dnsutils",
	"dot":         "graphviz",
	"espeak":      "espeak",
	"exiftool":    "libimage-exiftool-perl",
	"ffmpeg":      "ffmpeg",
	"ffprobe":     "ffmpeg",
	"git":         "git",
	"gm":          "graphicsmagick",
	"gs":          "ghostscript",
	"identify":    "imagemagick",
	"inkscape":    "inkscape",
	"jq":          "jq",
	"libreoffice": "libreoffice",
	"magick":      "imagemagick",
	"mysqldump":   "default-mysql-client",
	"nmap":        "nmap",
	"openssl":     "openssl",
	"pandoc":      "pandoc",
	"pdfinfo":     "poppler-utils",
	"pdftoppm":    "poppler-utils",
	"pdftotext":   "poppler-utils",
	"pg_dump":     "postgresql-client",
	"pg_restore":  "postgresql-client",
	"ping":        "iputils-ping",
	"psql":        "postgresql-client",
	"redis-cli":   "redis-tools",
	"rsync":       "rsync",
	"soffice":     "libreoffice",
	"sox":         "sox",
	"ssh":         "openssh-client",
	"tesseract":   "tesseract-ocr",
	"traceroute":  "traceroute",
	"unzip":       "unzip",
	"wget":        "wget",
	"whois":       "whois",
	"yt-dlp":      "yt-dlp",
	"zip":         "zip",
}
