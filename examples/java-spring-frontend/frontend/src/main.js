import { line } from "./line.js";

const answer = await fetch("/orders");
document.querySelector("#app").textContent = line(await answer.json());
