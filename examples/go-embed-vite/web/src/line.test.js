import assert from "node:assert/strict";
import test from "node:test";

import { line } from "./line.js";

test("a line names every city", () => {
  assert.equal(line([{ city: "Rome" }, { city: "Oslo" }]), "Rome, Oslo");
});
