import assert from "node:assert/strict";
import test from "node:test";

import { line } from "./line.js";

test("a line names every order", () => {
  assert.equal(line([{ item: "apples" }, { item: "pears" }]), "apples, pears");
});
