import assert from "node:assert/strict";
import test from "node:test";

import { notes } from "./notes.js";

test("there are two notes", () => {
  assert.equal(notes().length, 2);
});
