import { answer } from "./answer.ts";

Deno.test("answers", () => {
  if (answer("/x") !== "you asked for /x") throw new Error("another answer");
});
