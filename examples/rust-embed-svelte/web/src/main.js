import { mount } from "svelte";

import Board from "./Board.svelte";

export default mount(Board, { target: document.getElementById("app") });
