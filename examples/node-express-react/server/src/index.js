import path from "node:path";
import { fileURLToPath } from "node:url";

import express from "express";

import { notes } from "./notes.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const pages = path.join(here, "..", "..", "client", "dist");

const app = express();
app.get("/api/notes", (request, response) => response.json(notes()));
app.use(express.static(pages));
app.get("/{*page}", (request, response) => response.sendFile(path.join(pages, "index.html")));

const server = app.listen(process.env.PORT ?? 3000);
process.on("SIGTERM", () => server.close());
