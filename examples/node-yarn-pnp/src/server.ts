import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();

app.get("/ping", (c) => c.text("pong"));

app.get("/weather", (c) => c.json({ city: "Oslo", degrees: -3 }));

const server = serve({ fetch: app.fetch, port: 3000 });

process.on("SIGTERM", () => server.close());
