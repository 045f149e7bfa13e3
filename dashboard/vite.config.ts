import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The development server stands in front of a real Steward server; STEWARD_URL names another one
// (`npm run dev:fake` points it at the fake).
const server = process.env.STEWARD_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: {
      "/api": { target: server, ws: true },
      "/healthz": server,
      "/readyz": server,
      "/metrics": server,
    },
  },
  build: {
    // The gateway's Content-Security-Policy allows no inline script; nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        manualChunks(id) {
          if (/node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt)\//.test(id)) return "editor";
          if (/node_modules\/(@xyflow|d3-[a-z]+|zustand|classcat)\//.test(id)) return "graph";
          if (/node_modules\/(react|react-dom|scheduler|use-sync-external-store)\//.test(id)) return "react";
          return undefined;
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    // A busy machine is no failure.
    testTimeout: 30_000,
    maxWorkers: 2,
    minWorkers: 1,
  },
});
