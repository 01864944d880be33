import { price } from "@shop/prices";
import { Hono } from "hono";

export const app = new Hono();

app.get("/health", (c) => c.text("fine"));

app.get("/prices/:cents", (c) => c.text(price(Number(c.req.param("cents")))));
