package framework

import "github.com/dockgen/dockgen/internal/plan"

// rules are the frameworks, the more special before those that they are made of.
// Defaults are those of the frameworks' own documentation.
func rules() []rule {
	quiet := func(names ...string) []plan.Variable {
		var found []plan.Variable
		for _, name := range names {
			found = append(found, plan.Variable{Name: name, Value: "1"})
		}
		return found
	}
	listens := func(host string, port int, f Framework) Framework {
		f.Kind, f.Host, f.PortVar, f.Port = Server, host, "PORT", port
		if host != "" {
			f.Env = append(f.Env, plan.Variable{Name: host, Value: "0.0.0.0"})
		}
		return f
	}
	site := func(f Framework, s Site) Framework {
		f.Kind, f.Site = Static, s
		if s.Base == "" {
			f.Site.Base = "/"
		}
		return f
	}
	spa := func(root string, hashed ...string) Site {
		return Site{Root: root, Fallback: "/index.html", Hashed: hashed}
	}
	pages := func(root string, hashed ...string) Site {
		return Site{Root: root, NotFound: "/404.html", HTML: true, Hashed: hashed}
	}
	named := func(s Site, names string) Site {
		s.Names = names
		return s
	}
	return []rule{
		{
			Framework: listens("HOSTNAME", 3000, Framework{
				Name: "next", Title: "Next.js", Build: []string{"next", "build"}, BuildEnv: quiet("NEXT_TELEMETRY_DISABLED"),
				Caches: []string{".next/cache"}, Outputs: []string{".next", "out"}, Public: []string{"NEXT_PUBLIC_"},
			}),
			packages: []string{"next"}, programs: []string{"next"}, configs: []string{"next.config"},
			files: []string{"app", "pages", "src/app", "src/pages"}, refine: (*recogniser).next,
		},
		{
			Framework: listens("HOST", 3000, Framework{
				Name: "nuxt", Title: "Nuxt", Build: []string{"nuxt", "build"}, BuildEnv: quiet("NUXT_TELEMETRY_DISABLED"),
				Caches: []string{"node_modules/.cache"}, Outputs: []string{".nuxt", ".output", "dist"},
			}),
			packages: []string{"nuxt", "nuxt3", "nuxt-edge"}, programs: []string{"nuxt", "nuxi"}, configs: []string{"nuxt.config"}, refine: (*recogniser).nuxt,
		},
		{
			Framework: listens("HOST", 3000, Framework{
				Name: "react-router", Title: "React Router", Build: []string{"react-router", "build"},
				Outputs: []string{"build", ".react-router"}, Public: []string{"VITE_"},
			}),
			packages: []string{"@react-router/dev"}, programs: []string{"react-router"}, configs: []string{"react-router.config"}, refine: (*recogniser).reactRouter,
		},
		{
			Framework: listens("HOST", 3000, Framework{
				Name: "remix", Title: "Remix", Build: []string{"remix", "vite:build"},
				Outputs: []string{"build", "public/build"}, Public: []string{"VITE_"},
			}),
			packages: []string{"@remix-run/dev"}, programs: []string{"remix"}, configs: []string{"remix.config"}, refine: (*recogniser).remix,
		},
		{
			Framework: listens("HOST", 3000, Framework{
				Name: "sveltekit", Title: "SvelteKit", Build: []string{"vite", "build"},
				Outputs: []string{".svelte-kit", "build"}, Public: []string{"PUBLIC_", "VITE_"},
			}),
			packages: []string{"@sveltejs/kit"}, programs: []string{"vite", "svelte-kit"}, configs: []string{"svelte.config"}, refine: (*recogniser).svelteKit,
		},
		{
			Framework: site(Framework{
				Name: "astro", Title: "Astro", Build: []string{"astro", "build"}, BuildEnv: quiet("ASTRO_TELEMETRY_DISABLED"),
				Caches: []string{"node_modules/.astro"}, Outputs: []string{".astro"}, Public: []string{"PUBLIC_"},
			}, pages("dist", "/_astro/")),
			packages: []string{"astro"}, programs: []string{"astro"}, configs: []string{"astro.config"}, refine: (*recogniser).astro,
		},
		{
			Framework: listens("HOST", 3000, Framework{
				Name: "tanstack-start", Title: "TanStack Start", Build: []string{"vite", "build"},
				Outputs: []string{".output", ".nitro", ".vinxi", ".tanstack", "dist"}, Public: []string{"VITE_"},
			}),
			packages: []string{"@tanstack/react-start", "@tanstack/solid-start", "@tanstack/vue-start", "@tanstack/start"},
			programs: []string{"vite", "vinxi"}, configs: []string{"vite.config", "app.config"}, refine: (*recogniser).tanstack,
		},
		{
			Framework: listens("HOST", 3000, Framework{
				Name: "solid-start", Title: "SolidStart", Build: []string{"vinxi", "build"},
				Outputs: []string{".output", ".vinxi"}, Public: []string{"VITE_"},
			}),
			packages: []string{"@solidjs/start", "solid-start"}, programs: []string{"vinxi", "vite", "solid-start"}, configs: []string{"app.config", "vite.config"}, refine: (*recogniser).solidStart,
		},
		{
			Framework: site(Framework{
				Name: "angular", Title: "Angular", Build: []string{"ng", "build"},
				BuildEnv: []plan.Variable{{Name: "NG_CLI_ANALYTICS", Value: "false"}}, Caches: []string{".angular/cache"}, Outputs: []string{".angular"},
			}, spa("dist")),
			packages: []string{"@angular/core"}, configs: []string{"angular.json"}, refine: (*recogniser).angular,
		},
		{
			Framework: site(Framework{
				Name: "gatsby", Title: "Gatsby", Build: []string{"gatsby", "build"}, BuildEnv: quiet("GATSBY_TELEMETRY_DISABLED"),
				Caches: []string{".cache"}, Outputs: []string{".cache"}, Public: []string{"GATSBY_"},
			}, named(pages("public", "/static/"), `[^/]+-[0-9a-f]{20}[.](?:js|css)`)),
			packages: []string{"gatsby"}, programs: []string{"gatsby"}, configs: []string{"gatsby-config"}, refine: (*recogniser).gatsby,
		},
		{
			Framework: site(Framework{
				Name: "docusaurus", Title: "Docusaurus", Build: []string{"docusaurus", "build"},
				Caches: []string{"node_modules/.cache"}, Outputs: []string{".docusaurus"},
			}, pages("build", "/assets/")),
			packages: []string{"@docusaurus/core"}, programs: []string{"docusaurus"}, configs: []string{"docusaurus.config"}, refine: (*recogniser).docusaurus,
		},
		{
			Framework: site(Framework{Name: "vitepress", Title: "VitePress", Build: []string{"vitepress", "build"}, Public: []string{"VITE_"}}, pages(".vitepress/dist", "/assets/")),
			packages:  []string{"vitepress"}, programs: []string{"vitepress"}, refine: (*recogniser).vitepress,
		},
		{
			Framework: site(Framework{Name: "expo", Title: "Expo for the web", Build: []string{"expo", "export", "--platform", "web"}, BuildEnv: quiet("EXPO_NO_TELEMETRY"),
				Outputs: []string{".expo"}, Public: []string{"EXPO_PUBLIC_"}}, spa("dist", "/_expo/static/")),
			packages: []string{"expo"}, programs: []string{"expo"}, refine: (*recogniser).expo,
		},
		{
			Framework: site(Framework{Name: "vue-cli", Title: "Vue CLI", Build: []string{"vue-cli-service", "build"},
				Caches: []string{"node_modules/.cache"}, Public: []string{"VUE_APP_"}}, spa("dist", "/js/", "/css/", "/img/", "/fonts/")),
			packages: []string{"@vue/cli-service"}, programs: []string{"vue-cli-service"}, configs: []string{"vue.config"}, refine: (*recogniser).vueCLI,
		},
		{
			Framework: site(Framework{Name: "create-react-app", Title: "Create React App", Build: []string{"react-scripts", "build"},
				Caches: []string{"node_modules/.cache"}, Public: []string{"REACT_APP_"}}, spa("build", "/static/")),
			packages: []string{"react-scripts"}, programs: []string{"react-scripts", "craco", "react-app-rewired"}, refine: (*recogniser).cra,
		},
		{
			Framework: site(Framework{Name: "preact-cli", Title: "Preact CLI", Build: []string{"preact", "build"}, Public: []string{"PREACT_APP_"}}, spa("build")),
			packages:  []string{"preact-cli"}, programs: []string{"preact"},
		},
		{
			Framework: listens("", 3000, Framework{Name: "nest", Title: "NestJS", Build: []string{"nest", "build"}, Outputs: []string{"dist"}}),
			packages:  []string{"@nestjs/core"}, refine: (*recogniser).nest,
		},
		{
			Framework: listens("HOST", 3333, Framework{Name: "adonis", Title: "AdonisJS", Build: []string{"node", "ace", "build"}, Outputs: []string{"build"}}),
			packages:  []string{"@adonisjs/core"}, refine: (*recogniser).adonis,
		},
		{
			Framework: listens("HOST", 3000, Framework{Name: "nitro", Title: "Nitro", Build: []string{"nitro", "build"}, Outputs: []string{".output", ".nitro"}}),
			packages:  []string{"nitropack", "nitro"}, programs: []string{"nitro", "nitropack"}, configs: []string{"nitro.config"}, refine: (*recogniser).nitro,
		},
		{
			Framework: site(Framework{Name: "eleventy", Title: "Eleventy", Build: []string{"eleventy"}}, pages("_site")),
			packages:  []string{"@11ty/eleventy"}, programs: []string{"eleventy"}, configs: []string{".eleventy.js", "eleventy.config"}, refine: (*recogniser).eleventy,
		},
		{Framework: serving("hono", "Hono"), packages: []string{"hono"}, refine: (*recogniser).served},
		{Framework: serving("express", "Express"), packages: []string{"express"}, refine: (*recogniser).served},
		{Framework: serving("fastify", "Fastify"), packages: []string{"fastify"}, refine: (*recogniser).served},
		{Framework: serving("koa", "Koa"), packages: []string{"koa"}, refine: (*recogniser).served},
		{Framework: serving("elysia", "Elysia"), packages: []string{"elysia"}, refine: (*recogniser).served},
		{Framework: serving("hapi", "hapi"), packages: []string{"@hapi/hapi"}, refine: (*recogniser).served},
		{
			Framework: site(Framework{Name: "vite", Title: "Vite", Build: []string{"vite", "build"}, Caches: []string{"node_modules/.vite"}, Public: []string{"VITE_"}}, spa("dist", "/assets/")),
			packages:  []string{"vite", "rolldown-vite"}, programs: []string{"vite"}, files: []string{"index.html"}, refine: (*recogniser).vite,
		},
		{
			Framework: site(Framework{Name: "rsbuild", Title: "Rsbuild", Build: []string{"rsbuild", "build"}, Public: []string{"PUBLIC_"}}, spa("dist", "/static/")),
			packages:  []string{"@rsbuild/core"}, programs: []string{"rsbuild"}, configs: []string{"rsbuild.config"}, refine: (*recogniser).rsbuild,
		},
		{
			Framework: site(Framework{Name: "parcel", Title: "Parcel", Build: []string{"parcel", "build"}, Caches: []string{".parcel-cache"}, Outputs: []string{".parcel-cache"}}, named(spa("dist"), `[^/]+[.][0-9a-f]{8}[.][0-9a-z]+`)),
			packages:  []string{"parcel", "parcel-bundler"}, programs: []string{"parcel"}, refine: (*recogniser).parcel,
		},
		{
			Framework: site(Framework{Name: "webpack", Title: "webpack", Build: []string{"webpack"}, Caches: []string{"node_modules/.cache"}}, Site{Root: "dist"}),
			packages:  []string{"webpack"}, programs: []string{"webpack"}, refine: (*recogniser).webpack,
		},
		{
			Framework: site(Framework{Name: "storybook", Title: "Storybook", Build: []string{"storybook", "build"}, BuildEnv: quiet("STORYBOOK_DISABLE_TELEMETRY"), Public: []string{"STORYBOOK_"}}, Site{Root: "storybook-static", Hashed: []string{"/assets/"}}),
			packages:  []string{"storybook", "@storybook/cli"}, refine: (*recogniser).storybook,
		},
	}
}

// serving is a library that answers requests in a program of the project's own:
// its sources say where, and its scripts how it starts.
func serving(name, title string) Framework {
	return Framework{Name: name, Title: title, Kind: Server}
}
