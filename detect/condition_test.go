package detect

import "testing"

// TestReadCondition holds the condition against an environment without its variable,
// with the variable, and with another value.
func TestReadCondition(t *testing.T) {
	for text, want := range map[string][3]Met{ // unset, "1", "no"
		`process.env.A`:                                     {Fails, Holds, Holds},
		`!process.env.A`:                                    {Holds, Fails, Fails},
		`process.env.A!=="1"`:                               {Holds, Fails, Holds},
		`process.env.A==="1"`:                               {Fails, Holds, Fails},
		`env::var("A").is_ok()`:                             {Fails, Holds, Holds},
		`let Ok(x)=env::var("A")`:                           {Fails, Holds, Holds},
		`std::env::var("A").as_deref()==Ok("1")`:            {Fails, Holds, Fails},
		`System.getenv("A")!=null`:                          {Fails, Holds, Holds},
		`"1".equals(System.getenv("A"))`:                    {Fails, Holds, Fails},
		`!"1".equals(System.getenv("A"))`:                   {Holds, Fails, Holds},
		`System.getenv().getOrDefault("A","1").equals("1")`: {Holds, Holds, Fails},
		`os.environ.get("A")`:                               {Fails, Holds, Holds},
		`os.getenv("A","1")=="1"`:                           {Holds, Holds, Fails},
		`not os.getenv("A")`:                                {Holds, Fails, Fails},
		`os.getenv("A") is not None`:                        {Fails, Holds, Holds},
		`false`:                                             {Fails, Fails, Fails},
		`config.metrics`:                                    {Perhaps, Perhaps, Perhaps},
		`process.env.A&&process.env.B`:                      {Perhaps, Perhaps, Perhaps},
	} {
		c, ok := ReadCondition(text)
		if !ok {
			t.Errorf("%s: no condition", text)
		}
		for i, set := range []string{"", "1", "no"} {
			env := func(string) (string, bool) { return set, i > 0 }
			if got := c.Met(env); got != want[i] {
				t.Errorf("%s with %q: got %v, want %v (%+v)", text, set, got, want[i], c)
			}
		}
	}
	for _, text := range []string{`require.main===module`, `import.meta.main`, `__name__=="__main__"`} {
		if _, ok := ReadCondition(text); ok {
			t.Errorf("%s is a condition", text)
		}
	}
}
