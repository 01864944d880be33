package rust

import (
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// native is what a crate needs beside the compiler that the slim image has.
type native struct {
	build  []string // packages of Debian 13
	run    []string
	unless string   // a crate that brings the library along, in the lock
	with   string   // what the crate itself needs where it brings the library along
	only   []string // the crates for whose sake it is not needed
	cxx    bool     // C++
	tool   bool     // a program that the build calls, and nothing to link against
}

// natives are the crates that need packages. Names are those of Debian 13.
//
// Sources: the build script and the documentation of each crate, of the versions
// current in August 2026; the packages of Debian 13.
var natives = map[string]native{
	"openssl-sys":             {build: []string{"libssl-dev", "pkg-config"}, run: []string{"libssl3t64"}, unless: "openssl-src"},
	"openssl-src":             {build: []string{"make", "perl"}},
	"pq-sys":                  {build: []string{"libpq-dev", "pkg-config"}, run: []string{"libpq5"}, unless: "pq-src"},
	"mysqlclient-sys":         {build: []string{"default-libmysqlclient-dev", "pkg-config"}, run: []string{"libmariadb3"}, unless: "mysqlclient-src"},
	"libsqlite3-sys":          {build: []string{"libsqlite3-dev", "pkg-config"}, run: []string{"libsqlite3-0"}, with: "cc"},
	"rdkafka-sys":             {build: []string{"g++", "make"}, cxx: true},
	"cmake":                   {build: []string{"cmake", "g++", "make"}, only: []string{"aws-lc-sys", "aws-lc-fips-sys"}},
	"bindgen":                 {build: []string{"libclang-dev"}, only: []string{"aws-lc-sys"}},
	"clang-sys":               {build: []string{"libclang-dev"}, only: []string{"bindgen"}},
	"prost-build":             {build: []string{"protobuf-compiler"}, unless: "protoc-bin-vendored", tool: true},
	"protobuf-codegen":        {build: []string{"protobuf-compiler"}, unless: "protoc-bin-vendored", tool: true},
	"grpcio-compiler":         {build: []string{"protobuf-compiler"}, tool: true},
	"tikv-jemalloc-sys":       {build: []string{"make"}},
	"jemalloc-sys":            {build: []string{"make"}},
	"libsodium-sys":           {build: []string{"libsodium-dev", "pkg-config"}, run: []string{"libsodium23"}},
	"alsa-sys":                {build: []string{"libasound2-dev", "pkg-config"}, run: []string{"libasound2t64"}},
	"libudev-sys":             {build: []string{"libudev-dev", "pkg-config"}, run: []string{"libudev1"}},
	"libdbus-sys":             {build: []string{"libdbus-1-dev", "pkg-config"}, run: []string{"libdbus-1-3"}, with: "cc"},
	"pcap":                    {build: []string{"libpcap-dev", "pkg-config"}, run: []string{"libpcap0.8t64"}},
	"yeslogic-fontconfig-sys": {build: []string{"libfontconfig-dev", "pkg-config"}, run: []string{"libfontconfig1"}},
	"servo-fontconfig-sys":    {build: []string{"libfontconfig-dev", "pkg-config"}, run: []string{"libfontconfig1"}},
	"libxml":                  {build: []string{"libxml2-dev", "pkg-config", "libclang-dev"}, run: []string{"libxml2"}},
	"zmq-sys":                 {build: []string{"libzmq3-dev", "pkg-config"}, run: []string{"libzmq5"}},
	"sasl2-sys":               {build: []string{"libsasl2-dev", "pkg-config"}, run: []string{"libsasl2-2"}},
	"libgssapi-sys":           {build: []string{"libkrb5-dev", "libclang-dev"}, run: []string{"libgssapi-krb5-2"}},
	"odbc-sys":                {build: []string{"unixodbc-dev"}, run: []string{"libodbc2"}},
	"gdal-sys":                {build: []string{"libgdal-dev", "pkg-config", "libclang-dev"}, run: []string{"libgdal36"}},
	"geos-sys":                {build: []string{"libgeos-dev", "pkg-config"}, run: []string{"libgeos-c1t64"}},
	"proj-sys":                {build: []string{"libproj-dev", "pkg-config", "libclang-dev"}, run: []string{"libproj25"}},
	"leptonica-sys":           {build: []string{"libleptonica-dev", "pkg-config", "libclang-dev"}, run: []string{"libleptonica6"}},
	"tesseract-sys":           {build: []string{"libtesseract-dev", "pkg-config", "libclang-dev"}, run: []string{"libtesseract5", "tesseract-ocr-eng"}, cxx: true},
	"librdkafka-sys":          {build: []string{"librdkafka-dev", "pkg-config"}, run: []string{"librdkafka1"}},
	"libvips":                 {build: []string{"libvips-dev", "pkg-config"}, run: []string{"libvips42t64"}},
	"magick_rust":             {build: []string{"libmagickwand-dev", "pkg-config", "libclang-dev"}, run: []string{"libmagickwand-7.q16-10"}},
	"nettle-sys":              {build: []string{"nettle-dev", "pkg-config", "libclang-dev"}, run: []string{"libnettle8t64", "libhogweed6t64"}},
	"heif-sys":                {build: []string{"libheif-dev", "pkg-config"}, run: []string{"libheif1"}},
	"libheif-sys":             {build: []string{"libheif-dev", "pkg-config"}, run: []string{"libheif1"}},
	"hdf5-sys":                {build: []string{"libhdf5-dev", "pkg-config"}, run: []string{"libhdf5-310"}, unless: "hdf5-src"},
	"librocksdb-sys":          {build: []string{"g++", "libclang-dev"}, cxx: true},
	"link-cplusplus":          {build: []string{"g++"}, cxx: true},
	"cxx-build":               {build: []string{"g++"}, cxx: true},
	"libduckdb-sys":           {build: []string{"g++"}, cxx: true},
	"esaxx-rs":                {build: []string{"g++"}, cxx: true},
	"snmalloc-sys":            {build: []string{"cmake", "g++", "make"}, cxx: true},
	"ort-sys":                 {build: []string{"g++"}, cxx: true},
	"whisper-rs-sys":          {build: []string{"cmake", "g++", "make", "libclang-dev"}, cxx: true},
	"mozjpeg-sys":             {build: []string{"nasm"}},
	"rav1e":                   {build: []string{"nasm"}},
	"turbojpeg-sys":           {build: []string{"cmake", "make", "nasm"}},
	"capnpc":                  {build: []string{"capnproto"}, tool: true},
	"flatc-rust":              {build: []string{"flatbuffers-compiler"}, tool: true},
	"yubihsm":                 {build: []string{"libusb-1.0-0-dev", "pkg-config"}, run: []string{"libusb-1.0-0"}},
	"tss-esapi-sys":           {build: []string{"libtss2-dev", "pkg-config"}, run: []string{"libtss2-esys-3.0.2-0t64"}},
	"ffmpeg-sys-next":         {build: []string{"libavcodec-dev", "libavdevice-dev", "libavfilter-dev", "libavformat-dev", "libavutil-dev", "libclang-dev", "libswresample-dev", "libswscale-dev", "pkg-config"}, run: []string{"libavcodec61", "libavdevice61", "libavfilter10", "libavformat61", "libavutil59", "libswresample5", "libswscale8"}},
	"poppler-sys-rs":          {build: []string{"libpoppler-glib-dev", "pkg-config"}, run: []string{"libpoppler-glib8t64"}},
	"glib-sys":                {build: []string{"libglib2.0-dev", "pkg-config"}, run: []string{"libglib2.0-0t64"}},
	"cairo-sys-rs":            {build: []string{"libcairo2-dev", "pkg-config"}, run: []string{"libcairo2"}},
	"pango-sys":               {build: []string{"libpango1.0-dev", "pkg-config"}, run: []string{"libpango-1.0-0"}},
	"opencv":                  {build: []string{"clang", "libclang-dev", "libopencv-dev", "pkg-config"}, run: []string{"libopencv-contrib410"}, cxx: true},
	"aws-lc-fips-sys":         {build: []string{"cmake", "g++", "golang-go", "make", "perl"}},
	"libmariadb-sys":          {build: []string{"libmariadb-dev", "pkg-config"}, run: []string{"libmariadb3"}},
	"clamav-sys":              {build: []string{"libclamav-dev", "pkg-config"}, run: []string{"libclamav12"}},
	"augeas_sys":              {build: []string{"libaugeas-dev", "pkg-config", "libclang-dev"}, run: []string{"libaugeas0"}},
	"gpgme-sys":               {build: []string{"libgpgme-dev"}, run: []string{"libgpgme11t64"}},
	"libseccomp-sys":          {build: []string{"libseccomp-dev"}, run: []string{"libseccomp2"}},
	"v4l2-sys-mit":            {build: []string{"libclang-dev", "libv4l-dev"}, run: []string{"libv4l-0t64"}},
	"pipewire-sys":            {build: []string{"libclang-dev", "libpipewire-0.3-dev", "pkg-config"}, run: []string{"libpipewire-0.3-0t64"}},
	"libpulse-sys":            {build: []string{"libpulse-dev", "pkg-config"}, run: []string{"libpulse0"}},
	"lua-src":                 {build: []string{"make"}},
	"luajit-src":              {build: []string{"make"}},
	"libgit2-sys":             {},
	"libssh2-sys":             {},
	"libz-sys":                {},
	"curl-sys":                {},
	"zstd-sys":                {},
	"lzma-sys":                {},
	"bzip2-sys":               {},
	"libusb1-sys":             {},
	"expat-sys":               {},
	"onig_sys":                {},
	"libsodium-sys-stable":    {build: []string{"make"}},
	"libxmlsec1-sys":          {build: []string{"libxmlsec1-dev", "libclang-dev", "pkg-config"}, run: []string{"libxmlsec1t64", "libxmlsec1t64-openssl"}},
	"xmlsec":                  {build: []string{"libxmlsec1-dev", "libclang-dev", "pkg-config"}, run: []string{"libxmlsec1t64", "libxmlsec1t64-openssl"}},
	"samael":                  {build: []string{"libclang-dev", "libxml2-dev", "libxmlsec1-dev", "pkg-config"}, run: []string{"libxml2", "libxmlsec1t64", "libxmlsec1t64-openssl"}},
	"freetype-sys":            {},
	"hidapi":                  {build: []string{"libudev-dev", "pkg-config"}, run: []string{"libudev1"}},
	"protobuf-src":            {build: []string{"cmake", "g++", "make"}},
	"grpcio-sys":              {build: []string{"cmake", "g++", "libclang-dev", "make"}, cxx: true},
	"z3-sys":                  {build: []string{"libclang-dev", "libz3-dev"}, run: []string{"libz3-4"}},
	"fuser":                   {build: []string{"libfuse3-dev", "pkg-config"}, run: []string{"libfuse3-4"}},
	"jack-sys":                {build: []string{"libjack-jackd2-dev", "pkg-config"}, run: []string{"libjack-jackd2-0"}},
	"libnghttp2-sys":          {},
	"snappy_src":              {build: []string{"g++"}, cxx: true},
	"leveldb-sys":             {build: []string{"cmake", "g++", "make"}, cxx: true},
}

// impliedBy is what a direct dependency brings, for projects without a lock.
var impliedBy = map[string][]string{
	"openssl": {"openssl-sys"}, "native-tls": {"openssl-sys"}, "hyper-tls": {"openssl-sys"}, "tokio-native-tls": {"openssl-sys"}, "postgres-openssl": {"openssl-sys"},
	"tonic-build": {"prost-build"}, "tonic-prost-build": {"prost-build"}, "rdkafka": {"rdkafka-sys"}, "rocksdb": {"librocksdb-sys"}, "duckdb": {"libduckdb-sys"},
	"tikv-jemallocator": {"tikv-jemalloc-sys"}, "jemallocator": {"jemalloc-sys"}, "zmq": {"zmq-sys"}, "alsa": {"alsa-sys"}, "sodiumoxide": {"libsodium-sys"}, "gdal": {"gdal-sys"},
	"ring": {"cc"}, "rusqlite": {"libsqlite3-sys"}, "git2": {"cc"}, "zstd": {"cc"}, "cxx": {"link-cplusplus"}, "reqwest": {"openssl-sys"}, "mlua": {"cc"},
}

// Native is a crate of a service that is not Rust alone.
type Native struct {
	Name  string
	Build []string // packages of Debian 13
	Run   []string
	Cxx   bool
	Tool  bool
	At    detect.Evidence
}

// natives lists the crates of a service that need packages, sorted by name, and
// one that compiles C of its own, if there is one.
func (s setting) natives(crates map[string]*crate) (needs []Native, c Native) {
	for _, name := range slices.Sorted(maps.Keys(crates)) {
		k := crates[name]
		if name == "cc" || name == "cmake" {
			by := slices.DeleteFunc(slices.Clone(k.By), func(b string) bool { return b == "iana-time-zone-haiku" || b == "cmake" })
			if len(by) > 0 && c.Name == "" {
				slices.Sort(by)
				c = Native{Name: by[0], At: crates[by[0]].place(k)}
			}
		}
		n, known := natives[name]
		if !known || len(n.build) == 0 || n.unless != "" && crates[n.unless] != nil || n.with != "" && slices.Contains(k.Dependencies, n.with) {
			continue
		}
		if len(n.only) > 0 && len(k.By) > 0 && !slices.ContainsFunc(k.By, func(b string) bool { return !slices.Contains(n.only, b) }) {
			continue
		}
		needs = append(needs, Native{Name: name, Build: n.build, Run: n.run, Cxx: n.cxx, Tool: n.tool, At: k.At})
	}
	return needs, c
}

// place is where a crate stands, or the one that it was found by.
func (c *crate) place(other *crate) detect.Evidence {
	if c == nil {
		return other.At
	}
	return c.At
}

// crates gives the packages from elsewhere: those that are locked, or the direct
// dependencies with what is known of them.
func (s setting) crates(l *lock, bin Target) map[string]*crate {
	if l != nil {
		return l.reach(s.Package.Name, s.without(bin))
	}
	found := map[string]*crate{}
	for _, p := range s.Closure {
		for _, d := range p.Needs {
			if d.Dir != "" || d.Optional || d.Kind == Patch {
				continue
			}
			for _, name := range append([]string{d.Name}, s.implied(p, d)...) {
				if found[name] == nil {
					found[name] = &crate{locked: locked{Name: name}, By: []string{d.Name}, At: d.At}
				}
			}
		}
	}
	return found
}

// implied is what a direct dependency brings, by its features where they decide.
func (s setting) implied(p *Package, d Dependency) []string {
	has := func(prefix string) bool {
		return slices.ContainsFunc(d.Features, func(f string) bool { return strings.HasPrefix(f, prefix) })
	}
	switch d.Name {
	case "rusqlite", "sqlx":
		if has("bundled") || d.Name == "sqlx" {
			return []string{"cc"}
		}
	case "reqwest":
		if has("rustls") {
			return []string{"cc"}
		}
	case "openssl", "native-tls":
		if has("vendored") {
			return []string{"openssl-src"}
		}
	case "diesel":
		var brings []string
		for feature, crate := range map[string]string{"postgres": "pq-sys", "mysql": "mysqlclient-sys", "sqlite": "libsqlite3-sys"} {
			bundled, _ := p.asks(crate)
			if has(feature) && !slices.Contains(bundled.Features, "bundled") {
				brings = append(brings, crate)
			}
		}
		return brings
	}
	return impliedBy[d.Name]
}

// unknown lists crates that look for a C library which is not known here.
func (s setting) unknown(crates map[string]*crate) []Native {
	var found []Native
	for _, name := range slices.Sorted(maps.Keys(crates)) {
		c := crates[name]
		_, known := natives[name]
		looks := slices.ContainsFunc(c.Dependencies, func(d string) bool { return d == "pkg-config" || d == "system-deps" })
		if !known && looks && (strings.HasSuffix(name, "-sys") || strings.HasSuffix(name, "_sys")) && !slices.Contains(c.Dependencies, "cc") && !slices.Contains(c.Dependencies, "cmake") {
			found = append(found, Native{Name: name, At: c.At})
		}
	}
	return found
}
