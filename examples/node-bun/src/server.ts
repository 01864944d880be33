import { Hono } from "hono";
import { roll } from "./dice";

const app = new Hono();

app.get("/healthz", (c) => c.text("fine"));

app.get("/roll", (c) => c.text(`rolled ${roll(Math.random())}`));

process.on("SIGTERM", () => process.exit(0));

export default { port: Number(process.env.PORT ?? 3000), fetch: app.fetch };
