package golang

import (
	"bytes"
	"go/ast"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// listener is a call that opens a port: by package function or by method of a
// type of the package.
type listener struct {
	pkg      string // the import path that a file must have
	name     string
	arg      int      // the place of the address among the arguments
	args     int      // how many arguments there are, 0 for any number
	network  int      // the place of the network's name behind that of the address, 0 for none
	method   bool     // called on a value that one of makers has made
	makers   []string // functions and types, as a file names them: gin.Default, gin.Engine
	fallback string   // the port where the argument is left out and PORT is not set
	beego    bool     // the argument may be left out: conf/app.conf says the port, else it is 8080
	tls      bool
	raw      bool // it answers no HTTP
	flag     bool // it defines a flag, by which something else listens
}

// listeners is the list of what is known to open a port.
//
// Sources: the documentation of each package, of the versions current in
// August 2026.
var listeners = []listener{
	{pkg: "net/http", name: "ListenAndServe", arg: 0, args: 2},
	{pkg: "net/http", name: "ListenAndServeTLS", arg: 0, args: 4, tls: true},
	{pkg: "net", name: "Listen", arg: 1, args: 2, network: -1},
	{pkg: "net", name: "Listen", arg: 2, args: 3, network: -1, method: true, makers: []string{"net.ListenConfig"}},
	{pkg: "net", name: "ListenPacket", arg: 1, args: 2, network: -1},
	{pkg: "net", name: "ListenPacket", arg: 2, args: 3, network: -1, method: true, makers: []string{"net.ListenConfig"}},
	{pkg: "net", name: "ListenUDP", arg: 1, args: 2, network: -1},
	{pkg: "net", name: "ListenTCP", arg: 1, args: 2, network: -1},
	{pkg: "github.com/miekg/dns", name: "ListenAndServe", arg: 0, args: 3, network: 1},
	{pkg: "github.com/gin-gonic/gin", name: "Run", method: true, makers: []string{"gin.Default", "gin.New", "gin.Engine"}, fallback: "8080"},
	{pkg: "github.com/gin-gonic/gin", name: "RunTLS", method: true, makers: []string{"gin.Default", "gin.New", "gin.Engine"}, tls: true},
	{pkg: "github.com/labstack/echo", name: "Start", method: true, makers: []string{"echo.New", "echo.Echo"}},
	{pkg: "github.com/labstack/echo", name: "StartTLS", method: true, makers: []string{"echo.New", "echo.Echo"}, tls: true},
	{pkg: "github.com/gofiber/fiber", name: "Listen", method: true, makers: []string{"fiber.New", "fiber.App"}},
	{pkg: "github.com/beego/beego/v2/server/web", name: "Run", beego: true}, {pkg: "github.com/astaxie/beego", name: "Run", beego: true},
	{pkg: "github.com/kataras/iris", name: "Listen", method: true, makers: []string{"iris.New", "iris.Default", "iris.Application"}},
	{pkg: "github.com/urfave/negroni", name: "Run", method: true, makers: []string{"negroni.New", "negroni.Classic", "negroni.Negroni"}, fallback: "8080"},
	{pkg: "github.com/valyala/fasthttp", name: "ListenAndServe", arg: 0, args: 2}, {pkg: "github.com/fvbock/endless", name: "ListenAndServe", arg: 0, args: 2},
	{pkg: "github.com/valyala/fasthttp", name: "ListenAndServe", method: true, makers: []string{"fasthttp.Server"}},
	{pkg: "github.com/cloudwego/hertz/pkg/app/server", name: "WithHostPorts"},
	{pkg: "github.com/gliderlabs/ssh", name: "ListenAndServe", arg: 0, raw: true},
	{pkg: exporterToolkit + "/web/kingpinflag", name: "AddFlags", arg: 1, args: 2, flag: true}, // web.ListenAndServe is told its flags
}

// exporterToolkit is the module by which exporters for Prometheus listen.
const exporterToolkit = "github.com/prometheus/exporter-toolkit"

// calls are the packages, by the name of a function, whose calls say something
// about serving; any package where there is an empty one.
var calls = func() map[string][]string {
	calls := map[string][]string{"RegisterHealthServer": {""}, "ListenAndServe": {""}, "ListenAndServeTLS": {""}, "ListenAndServeMultiple": {""}}
	for _, name := range routes {
		calls[name] = append(calls[name], "")
	}
	for _, l := range listeners {
		if l.method { // the value may come from a file that imports the package
			l.pkg = ""
		}
		calls[l.name] = append(calls[l.name], l.pkg)
	}
	for _, o := range openers {
		calls[o.name] = append(calls[o.name], o.pkg)
	}
	for _, name := range []string{"MarkFlagRequired", "MarkPersistentFlagRequired"} {
		calls[name] = []string{"github.com/spf13/cobra"}
	}
	for _, name := range []string{"Required", "ExistingFile", "ExistingDir"} {
		calls[name] = []string{"alecthomas/kingpin"}
	}
	for _, name := range []string{"ReadInConfig", "MergeInConfig"} {
		calls[name] = []string{viperPath}
	}
	for _, b := range boxers {
		for _, name := range b.names {
			calls[name] = append(calls[name], b.pkg)
		}
	}
	for name := range starters {
		_, name, _ = strings.Cut(name, ".")
		calls[name] = append(calls[name], "os/exec", "StartProcess")
	}
	return calls
}()

// words are what else makes a file worth parsing.
var words = func() [][]byte {
	words := [][]byte{[]byte(".Server{")}
	for _, name := range healthCommands {
		words = append(words, []byte(strconv.Quote(name)))
	}
	return words
}()

// Of a file that looks variables up and ends the program, the one may be for want of the other.
var (
	lookups = [][]byte{[]byte("os.Getenv("), []byte("os.LookupEnv(")}
	endings = [][]byte{[]byte("Fatal"), []byte("panic("), []byte("os.Exit(")}
)

// worth says whether a file may tell of ports, paths and files, and so has to be
// parsed: a call of one of these names, in a file that mentions the package.
func worth(data []byte) bool {
	has := func(w []byte) bool { return bytes.Contains(data, w) }
	if slices.ContainsFunc(words, has) || slices.ContainsFunc(lookups, has) && slices.ContainsFunc(endings, has) {
		return true
	}
	var asked []string
	for from := 0; ; {
		i := bytes.IndexByte(data[from:], '(')
		if i < 0 {
			return false
		}
		end := from + i
		start := end
		for start > 0 && (data[start-1]|0x20 >= 'a' && data[start-1]|0x20 <= 'z') {
			start--
		}
		from = end + 1
		packages, ok := calls[string(data[start:end])]
		if !ok || slices.Contains(asked, string(data[start:end])) {
			continue
		}
		if slices.ContainsFunc(packages, func(pkg string) bool { return bytes.Contains(data, []byte(pkg)) }) {
			return true
		}
		asked = append(asked, string(data[start:end]))
	}
}

// served is what the sources of a program say about serving.
type served struct {
	listens []detect.Listener
	health  []detect.Path
	routes  []detect.Path // what handlers answer, with the function that each stands in
	assets  []Asset
	probes  []detect.Path     // commands and flags of the program itself that ask for its health
	pprof   bool              // a package registers its own paths with the default handler
	grpc    []detect.Path     // where a gRPC health service is registered
	asks    []detect.Listener // what the program asks of itself
	starts  []detect.Path     // programs of others
	demands []demand          // what the program ends without
	boxes   []Asset           // folders that are found by where the sources lay
	foreign []detect.Path     // calls that listen, by their names, of other modules
}

// tellers are the packages of which a package has to import one before it can say
// anything about serving: its own files may then use what one of them has made.
var tellers = func() []string {
	all := []string{
		"google.golang.org/grpc/health/grpc_health_v1", "github.com/go-chi/chi", "github.com/gorilla/mux", "github.com/julienschmidt/httprouter",
		"flag", "os/exec", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/urfave/cli", "github.com/alecthomas/kong", "github.com/alecthomas/kingpin",
	}
	for _, l := range listeners {
		all = append(all, l.pkg)
	}
	for _, o := range openers {
		all = append(all, o.pkg)
	}
	for _, b := range boxers {
		all = append(all, b.pkg)
	}
	slices.Sort(all)
	return slices.Compact(all)
}()

// tells says whether a package may say anything about serving.
func (pkg Package) tells() bool {
	return slices.ContainsFunc(pkg.imports, func(imported string) bool {
		return slices.ContainsFunc(tellers, func(teller string) bool { return within(imported, teller) })
	})
}

// serving looks for the ports that a program opens and the health paths that it
// answers. Only files that may say so are parsed, and those that they lead to.
func (p *program) serving(packages []Package) (served, error) {
	inspected := map[*parsedPackage][]*ast.File{}
	for _, listed := range packages {
		pkg := p.open(listed.Dir)
		if listed.tells() {
			p.parse(pkg, worth)
		}
		inspected[pkg] = slices.Clone(pkg.files)
		if len(pkg.files) == 0 && listed.Dir != packages[0].Dir {
			delete(p.packages, listed.Dir) // until a question leads to it
		}
	}
	var found served
	for _, dir := range sortedKeys(p.packages) {
		pkg := p.packages[dir]
		for _, file := range inspected[pkg] {
			found.pprof = found.pprof || imports(file, "net/http/pprof") || imports(file, "expvar")
			p.inspect(pkg, file, &found)
		}
	}
	found.aside()
	found.listens = detect.DistinctListeners(found.listens)
	return found, p.err
}

func (p *program) inspect(pkg *parsedPackage, file *ast.File, found *served) {
	for _, decl := range file.Decls {
		fn, _ := decl.(*ast.FuncDecl)
		p.inspectIn(pkg, file, fn, decl, found)
	}
}

// inspectIn looks at a declaration, or at a function that stands in one without a name.
func (p *program) inspectIn(pkg *parsedPackage, file *ast.File, fn *ast.FuncDecl, node ast.Node, found *served) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.CompositeLit, *ast.CaseClause, *ast.BinaryExpr, *ast.KeyValueExpr, *ast.IfStmt:
			p.ask(pkg, file, fn).tell(n, found)
		case *ast.AssignStmt:
			if lastName(n.Lhs[0]) == "Addr" {
				p.ask(pkg, file, fn).tell(n, found)
			}
		case *ast.FuncLit:
			if fn == nil {
				p.inspectIn(pkg, file, pkg.literals[n], n.Body, found)
				return false
			}
		}
		return true
	})
}

// tell takes down what one node says about serving.
func (s scope) tell(n ast.Node, found *served) {
	at := s.program.at
	if name, ok := s.healthCommand(n); ok {
		found.probes = append(found.probes, detect.Path{Path: name, At: at(n)})
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		if l, ok := s.listens(n); ok {
			found.listens = append(found.listens, l)
		} else if name := s.function(n.Fun); strings.Contains(name, ".ListenAndServe") && s.importedBy(n.Fun) == nil {
			found.foreign = append(found.foreign, detect.Path{Path: name, At: at(n)})
		}
		found.assets = append(found.assets, s.opens(n)...)
		if a, ok := s.box(n); ok {
			found.boxes = append(found.boxes, a)
		}
		if d, ok := s.requires(n); ok {
			found.demands = append(found.demands, d)
		}
		if l, ok := s.asksItself(n); ok {
			found.asks = append(found.asks, l)
		}
		starts, own := s.starts(n)
		found.starts, found.assets = append(found.starts, starts...), append(found.assets, own...)
		if route, ok := s.route(n); ok {
			found.routes = append(found.routes, route)
			if detect.IsHealthPath(route.Path) {
				found.health = append(found.health, route)
			}
		}
		if lastName(n.Fun) == "RegisterHealthServer" {
			found.grpc = append(found.grpc, detect.Path{At: at(n)})
		}
	case *ast.IfStmt:
		found.demands = append(found.demands, s.demands(n)...)
	case *ast.CompositeLit:
		found.listens = append(found.listens, s.serves(n)...)
	case *ast.AssignStmt:
		if e := s.assignedAddress(n); e != nil {
			found.listens = append(found.listens, s.listen(e, n))
		}
	}
}

func (p *program) at(n ast.Node) detect.Evidence { return evidence(p.set.Position(n.Pos())) }

// listens gives what a call opens.
func (s scope) listens(call *ast.CallExpr) (detect.Listener, bool) {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return detect.Listener{}, false
	}
	for _, l := range listeners {
		if fn.Sel.Name != l.name || l.args > 0 && len(call.Args) != l.args || !s.belongs(fn, l) {
			continue
		}
		network := "tcp"
		if l.network != 0 {
			if v := s.eval(call.Args[l.arg+l.network]); v.known { // else it may be TCP as well
				network = v.text()
			}
		}
		udp := strings.HasPrefix(network, "udp")
		if !udp && !strings.HasPrefix(network, "tcp") {
			continue
		}
		var found detect.Listener
		switch {
		case len(call.Args) > l.arg:
			found = s.listen(call.Args[l.arg], call)
		case l.beego:
			found = s.listened(concat(literal(":"), s.program.beegoKey("httpport", literal("8080"))), call)
		case l.fallback == "":
			continue
		default:
			found = s.listened(listenerDefault(l), call)
		}
		found.TLS = l.tls
		found.UDP, found.Raw = udp, l.raw || l.pkg == "net" && imports(s.file, "google.golang.org/grpc") && !imports(s.file, "github.com/soheilhy/cmux")
		found.HTTP = !udp && !l.raw && l.pkg != "net" && l.pkg != "github.com/miekg/dns"
		handler := fn.X // of a framework, which is its own
		if l.pkg == "net/http" {
			handler = call.Args[len(call.Args)-1]
		}
		if l.pkg != "net" && !l.beego && !l.flag {
			s.answeredBy(&found, handler)
		}
		return found, true
	}
	return detect.Listener{}, false
}

// belongs says whether what is called is the listener's: a function of its
// package, or a method of what the package has made.
func (s scope) belongs(fn *ast.SelectorExpr, l listener) bool {
	owner := s.packageOf(fn)
	if !l.method {
		return owner == l.pkg
	}
	return owner == "" && slices.ContainsFunc(s.origins(fn.X), func(o string) bool { return slices.Contains(l.makers, o) })
}

// listenerDefault is what a framework listens on where it is told nothing: the
// variable PORT and its own default.
func listenerDefault(l listener) value {
	return concat(literal(":"), variable("PORT", l.fallback))
}

func imports(file *ast.File, name string) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		imported, err := strconv.Unquote(spec.Path.Value)
		return err == nil && (imported == name || strings.HasPrefix(imported, name+"/v"))
	})
}

// serves gives what an http.Server literal listens on: what the package gives it
// later, or the address that stands there.
func (s scope) serves(lit *ast.CompositeLit) []detect.Listener {
	typ, ok := lit.Type.(*ast.SelectorExpr)
	if ok && typ.Sel.Name == "FlagConfig" && within(s.packageOf(typ), exporterToolkit) {
		return s.toolkit(lit)
	}
	if !ok || s.packageOf(typ) != "net/http" && !within(s.packageOf(typ), "github.com/miekg/dns") || typ.Sel.Name != "Server" {
		return nil
	}
	if later := s.givenLater(); len(later) > 0 {
		return later
	}
	var found []detect.Listener
	udp, certificates := false, false
	handler := ast.Expr(ast.NewIdent("nil"))
	for _, element := range lit.Elts {
		kv, ok := element.(*ast.KeyValueExpr)
		switch {
		case !ok:
		case lastName(kv.Key) == "Addr":
			found = []detect.Listener{s.listen(kv.Value, s.started(lit))}
			found[0].At = s.program.at(kv.Value)
		case lastName(kv.Key) == "Handler":
			handler = kv.Value
		case lastName(kv.Key) == "TLSConfig":
			certificates = true
		case lastName(kv.Key) == "Net":
			udp = strings.HasPrefix(s.eval(kv.Value).text(), "udp")
		}
	}
	for i := range found {
		found[i].UDP, found[i].TLS = udp, certificates && found[i].Port == 443
		found[i].HTTP = s.packageOf(typ) == "net/http"
		s.answeredBy(&found[i], handler)
	}
	return found
}

// toolkit lists the addresses that a configuration of exporter-toolkit names, by a list or
// by the flag that fills it.
func (s scope) toolkit(lit *ast.CompositeLit) (found []detect.Listener) {
	addresses := key(lit, "WebListenAddresses")
	if to := pointed(addresses); to != nil {
		addresses = to
	}
	if addresses == nil {
		return nil
	}
	elements := s.listed(addresses, true)
	if len(elements) == 0 {
		elements = []ast.Expr{addresses}
	}
	for _, e := range elements {
		found = append(found, s.listen(e, lit))
	}
	return found
}

// givenLater lists the addresses that the package gives to a server which a struct
// of its own holds, as an option does: what its literal says is a default.
func (s scope) givenLater() (found []detect.Listener) {
	s.program.about(s.pkg, ".Addr = ")
	for _, to := range s.pkg.fields["Addr"] {
		if _, held := to.of.(*ast.SelectorExpr); !held {
			continue
		}
		in := s.around(s.pkg, to.value)
		if of, _ := in.typeOf(to.of, 0); of.name != "net/http.Server" {
			continue
		}
		if l := in.listen(to.value, to.value); !l.Unread() {
			found = append(found, l)
		}
	}
	return found
}

// assignedAddress gives the address that an http.Server gets after it was made.
func (s scope) assignedAddress(n *ast.AssignStmt) ast.Expr {
	to, ok := n.Lhs[0].(*ast.SelectorExpr)
	if !ok || to.Sel.Name != "Addr" || len(n.Lhs) != len(n.Rhs) {
		return nil
	}
	if of, _ := s.typeOf(to.X, 0); of.name != "net/http.Server" {
		return nil
	}
	return n.Rhs[0]
}

// listen reads what is listened on, by the node that does it. A question that took too
// many steps has not seen all that might speak against its answer.
func (s scope) listen(e ast.Expr, by ast.Node) detect.Listener {
	v := s.eval(e)
	if *s.steps < 0 {
		v = unknown
	}
	l := s.listened(v, by)
	l.Side = detect.SideWord(append(s.names(e, by), l.Env, l.Address)...)
	return l
}

// listened is the listener of an address, by the node that opens it.
func (s scope) listened(v value, by ast.Node) detect.Listener {
	l := address(v)
	l.When, l.At = s.conditions(by), s.program.at(by)
	return l
}

// names are what a listener may be called by: its address, its function, its package.
func (s scope) names(e ast.Expr, by ast.Node) (names []string) {
	gather := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	}
	ast.Inspect(e, gather)
	if call, ok := by.(*ast.CallExpr); ok {
		if of, method := call.Fun.(*ast.SelectorExpr); method {
			ast.Inspect(of.X, gather)
		}
	}
	if s.fn != nil && s.fn.Name.Name != "main" {
		names = append(names, s.fn.Name.Name)
	}
	if s.file.Name.Name != "main" {
		names = append(names, s.file.Name.Name)
	}
	return names
}

// address reads host:port, as net.Listen takes it.
func address(v value) (l detect.Listener) {
	if !v.known || len(v.pieces) == 0 {
		return l
	}
	text := v.text()
	first, last := v.pieces[0], v.pieces[len(v.pieces)-1]
	switch bare := last.text == "" && !strings.Contains(text, ":") || strings.Contains(last.text, ":"); {
	case last.env == "":
	case len(v.pieces) == 1 && bare:
		l.Address = last.env
	case last.text != "" && !bare, last.text == "" && strings.HasSuffix(text, ":"):
		l.Env = last.env
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return l
	}
	if len(v.pieces) > 1 && first.env != "" && first.text == host {
		l.Host, l.NoHost = first.env, host == ""
	}
	l.Loopback = detect.IsLoopback(host)
	l.Port = portNumber(port)
	return l
}

// portNumber reads a number or one of the two names that servers use.
func portNumber(port string) int {
	switch port {
	case "http":
		return 80
	case "https":
		return 443
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return 0
	}
	return n
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
