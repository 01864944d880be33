import "./style.css";

document.querySelector("p").title = "built by Vite";
