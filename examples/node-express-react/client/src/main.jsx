import { createRoot } from "react-dom/client";

import { Notes } from "./Notes.jsx";

createRoot(document.getElementById("root")).render(<Notes />);
