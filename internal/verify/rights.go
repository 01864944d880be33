package verify

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/image"
)

func judgeUser(f *Facts) Result {
	user := f.Image.Config.User
	uid, gid, _ := strings.Cut(user, ":")
	want := "a number other than 0"
	if f.Expect != nil && f.Expect.User != "" {
		want = f.Expect.User
	}
	fault := Finding{Expected: want, Seen: strconv.Quote(user), Fix: "USER 10001:10001, behind the steps that have to be root's"}
	switch {
	case user == "" || uid == "0" || uid == "root":
		fault.What = "it runs as root"
	case !isNumber(uid) || gid != "" && !isNumber(gid):
		fault.What = "its user is a name, of which nobody outside of the image knows whether it is root's (runAsNonRoot of Kubernetes refuses it)"
	case gid == "0":
		fault.What = "its group is root's"
	case f.Expect != nil && f.Expect.User != "" && user != f.Expect.User:
		fault.What = "it runs as another user than the plan says"
		fault.Fix = "dockgen generate, or the key user of dockgen.toml"
	default:
		return passed(user)
	}
	return failed(fault)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func judgeAccount(f *Facts) Result {
	uid, _, _ := strings.Cut(f.Image.Config.User, ":")
	passwd, ok := f.final()["/etc/passwd"]
	if !ok || len(passwd.Content) == 0 {
		return skipped("the image has no /etc/passwd")
	}
	if uid == "" {
		uid = "0"
	}
	for line := range strings.Lines(string(passwd.Content)) {
		if fields := strings.Split(line, ":"); len(fields) > 2 && (fields[2] == uid || fields[0] == uid) {
			return passed(fields[0])
		}
	}
	return failed(Finding{
		What: "its user " + uid + " has no entry in /etc/passwd, which programs that ask for their home or name do not bear", Expected: "an entry", Seen: "none",
		Fix: "create it: groupadd --gid 10001 app && useradd --uid 10001 --gid 10001 app", Path: "/etc/passwd",
	})
}

func judgeWritable(f *Facts) Result {
	uid, gid, _ := strings.Cut(f.Image.Config.User, ":")
	if uid == "" || uid == "0" || uid == "root" {
		return skipped("root can write everywhere")
	}
	may := slices.Concat([]string{"/tmp", "/var/tmp", "/run", "/dev"}, f.Image.Config.Volumes)
	if f.Expect != nil {
		may = append(may, f.Expect.Writable...)
	}
	var all []Finding
	for _, name := range sortedNames(f.final()) {
		at := f.final()[name]
		if at.Layer < f.Base.Layers || at.Kind == image.Symlink || at.Kind == image.Hardlink || !canWrite(at.File, uid, gid) {
			continue
		}
		if slices.ContainsFunc(may, func(dir string) bool { return image.Under(name, path.Clean(dir)) }) {
			continue
		}
		one := f.found(at.Layer, at.File, "its user can write what it only has to read", "files of root's, so that whoever breaks in changes no program", "COPY without --chown; what it has to write is a VOLUME, which lines in a dockgen.toml add, or passes with allow in [verify]")
		one.Seen = fmt.Sprintf("%d:%d %04o", at.UID, at.GID, at.Mode)
		all = append(all, one)
	}
	return failed(fewest(all, 3)...)
}

// canWrite says whether a user can write a file. Whoever owns it can make it writable.
func canWrite(f *image.File, uid, gid string) bool {
	sticky := f.Kind == image.Folder && f.Mode&0o1000 != 0
	return !sticky && (strconv.Itoa(f.UID) == uid || gid != "" && strconv.Itoa(f.GID) == gid && f.Mode&0o020 != 0 || f.Mode&0o002 != 0)
}

func judgeSetID(f *Facts) Result {
	const bits = 0o6000
	in := map[string]bool{}
	for _, l := range f.Image.Layers[:f.Base.Layers] {
		for _, file := range l.Files {
			in[file.Path] = in[file.Path] || file.Kind == image.Regular && file.Mode&bits != 0
		}
	}
	var all []Finding
	for _, name := range sortedNames(f.final()) {
		at := f.final()[name]
		if at.Layer < f.Base.Layers || at.Kind != image.Regular || at.Mode&bits == 0 || in[name] {
			continue
		}
		one := f.found(at.Layer, at.File, name+" runs with the rights of its owner or group, whoever starts it", "no set-uid or set-gid file beyond the base's", "chmod a-s it in the step that brings it, or install without it")
		one.Seen = fmt.Sprintf("%d:%d %04o", at.UID, at.GID, at.Mode)
		all = append(all, one)
	}
	return failed(fewest(all, 5)...)
}
