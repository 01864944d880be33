package service

import (
	"testing"

	"github.com/dockgen/dockgen/internal/plan"
	"github.com/google/go-cmp/cmp"
)

func TestValidates(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []plan.Variable
	}{
		{"by type", `createEnv({ server: {
			DATABASE_URL: z.string().url(), KEY: z.string().min(8), LEVEL: z.enum(["low", "high"]),
			WHEN: z.string().optional(), COUNT: z.coerce.number().default(1), NEXT_PUBLIC_A: z.string() } })`,
			[]plan.Variable{{Name: "DATABASE_URL", Value: "http://build.invalid"}, {Name: "KEY", Value: "build---"}, {Name: "LEVEL", Value: "low"}}},
		{"the project's way out", `createEnv({ server: { KEY: z.string() }, skipValidation: !!process.env.SKIP_ENV_VALIDATION })`,
			[]plan.Variable{{Name: "SKIP_ENV_VALIDATION", Value: "1"}}},
		{"of a value", `createEnv({ skipValidation: process.env.IMAGE === "yes", server: { KEY: z.string() } })`,
			[]plan.Variable{{Name: "IMAGE", Value: "yes"}}},
	} {
		d := &Detail{}
		d.validates("env.ts", test.text)
		if diff := cmp.Diff(test.want, d.BuildEnv); diff != "" || len(d.Notes) != len(test.want) {
			t.Errorf("%s (-want +got):\n%s%q", test.name, diff, d.Notes)
		}
	}
}
