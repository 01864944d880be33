import { expect, test } from "bun:test";
import { roll } from "./dice";

test("the highest", () => {
  expect(roll(0.999)).toBe(6);
});
