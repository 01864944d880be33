package update

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/engine"
)

// changes compares what services took before and take now.
func (u *run) changes(before engine.Result, result Result) (all []Change) {
	add := func(c Change, service string) {
		i := slices.IndexFunc(all, func(o Change) bool { return o.Image == c.Image && o.From == c.From && o.To == c.To })
		if i < 0 {
			i, all = len(all), append(all, c)
		}
		all[i].Services = append(all[i].Services, service)
	}
	earlier := takers(before) // of the same survey
	for i, now := range takers(result.After) {
		was := engine.Outcome{}
		if i < len(earlier) {
			was = earlier[i]
		}
		if now.Err != nil || i < len(result.Files.Outcomes) && result.Files.Outcomes[i].Err != nil {
			continue
		}
		old := tagsOf(was.Taken)
		for _, r := range now.Taken {
			repository, tag := catalog.Split(r.Name)
			image, is := u.own(now, r)
			if slices.Contains(old[repository], tag) || was.Err == nil && len(old[repository]) == 0 {
				from, to := u.old.Images[r.Name].Digest, result.Lock.Images[r.Name].Digest
				if from != "" && from != to {
					add(Change{Image: repository, From: tag, To: tag, FromDigest: from, ToDigest: to, Why: Rebuilt}, now.Service.Name)
				}
				continue
			}
			c := Change{Image: repository, To: tag}
			for _, other := range old[repository] {
				if c.From == "" && !slices.ContainsFunc(now.Taken, func(n adapt.Reference) bool { return n.Name == repository+":"+other }) {
					c.From = other
				}
			}
			from := ""
			if c.From != "" {
				_, from = u.own(was, adapt.Reference{Name: repository + ":" + c.From})
			}
			c.Why, c.Notes = u.why(image, from, is)
			add(c, now.Service.Name)
		}
	}
	for i := range all {
		slices.Sort(all[i].Services)
	}
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Image, b.Image), strings.Compare(a.To, b.To), strings.Compare(a.From, b.From))
	})
	return all
}

func tagsOf(taken []adapt.Reference) map[string][]string {
	tags := map[string][]string{}
	for _, r := range taken {
		repository, tag := catalog.Split(r.Name)
		tags[repository] = append(tags[repository], tag)
	}
	return tags
}

// why says what kind of change leads from one tag to another.
func (u *run) why(image, from, to string) (Why, string) {
	c := u.Engine.Catalog.With(u.today, u.tags())
	was, is := c.VersionOf(image, from), c.VersionOf(image, to)
	switch {
	case is == "" || was == "" && from != "" || was == is:
		return Another, ""
	case was == "":
		return "new", c.Notes(image, is)
	case catalog.Newer(was, is):
		return Withdrawn, ""
	}
	return Why(catalog.Between(was, is)), c.Notes(image, is)
}

// ending lists the images whose lines have ended by today, or soon will.
func (u *run) ending(result Result) (all []Ending) {
	for _, o := range takers(result.After) {
		days := o.Images().EndOfLifeDays
		if days == 0 {
			days = Ahead
		}
		for _, r := range o.Named {
			line, ends := u.Engine.Catalog.With(u.today, result.Lock.Tags).Ends(r.Name, engine.Later(u.today, days))
			if !ends {
				continue
			}
			i := slices.IndexFunc(all, func(e Ending) bool { return e.Image == r.Name })
			if i < 0 {
				i, all = len(all), append(all, Ending{Image: r.Name, Line: line.Name, Day: line.EOL, Text: engine.Ends(r.Name, line, u.today)})
			}
			all[i].Services = append(all[i].Services, o.Service.Name)
			for _, at := range holds(o, r.Name) {
				if !slices.Contains(all[i].Holds, at) {
					all[i].Holds = append(all[i].Holds, at)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b Ending) int { return strings.Compare(a.Image, b.Image) })
	return all
}

// holds is what of the project decides the version of an image.
func holds(o engine.Outcome, reference string) []detect.Evidence {
	for _, d := range o.Plan.Decisions {
		if d.Flag == "--lang-version" && strings.Contains(reference, d.Value) || d.Flag == "--lang-version" && strings.Contains(d.Value, reference) {
			return d.Evidence
		}
	}
	return nil
}
