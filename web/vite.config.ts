import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// RINGBACK_URL is the Go server (or the mock) that the dev server passes /api to.
const server = process.env.RINGBACK_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    port: 5173,
    proxy: { "/api": { target: server, ws: true, changeOrigin: false }, "/healthz": server },
  },
  build: {
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    manifest: true,
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});
