document.querySelector("#app").textContent = `Poster of ${import.meta.env.VITE_CITY ?? "Rome"}`;
