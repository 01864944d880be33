import { defineConfig } from "vite";

export default defineConfig({
  build: { target: "es2022" },
  server: { proxy: { "/orders": "http://localhost:8081" } },
});
