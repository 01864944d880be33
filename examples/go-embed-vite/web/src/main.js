import { line } from "./line.js";

const answer = await fetch("/api/entries");
document.querySelector("#app").textContent = line(await answer.json());
