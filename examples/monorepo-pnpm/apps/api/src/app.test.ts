import assert from "node:assert";
import test from "node:test";
import { app } from "./app.js";

test("prints a price", async () => {
  const response = await app.request("/prices/1250");
  assert.strictEqual(await response.text(), "12.50 EUR");
});
