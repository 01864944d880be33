import { answer } from "./answer.ts";

const port = Number(Deno.env.get("PORT") ?? 8000);

Deno.serve({ port }, (request) => {
  const { pathname } = new URL(request.url);
  return new Response(pathname === "/healthz" ? "fine" : answer(pathname));
});

Deno.addSignalListener("SIGTERM", () => Deno.exit());
