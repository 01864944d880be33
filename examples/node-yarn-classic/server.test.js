const assert = require("node:assert");
const test = require("node:test");
const ms = require("ms");

test("an hour", () => assert.strictEqual(ms("1h"), 3600000));
