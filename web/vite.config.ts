import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  appType: "mpa",
  plugins: [react(), tailwind()],
  build: {
    // Names carry a hash of what is in them, so the server lets browsers keep them for good.
    assetsDir: "assets",
    // Data URLs would need an exception in the pages' policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4_000,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["app.html", "signin.html", "docs.html", "graphiql.html"],
      // "use client" means nothing here: there is no rendering on the server.
      onLog: (level, log, report) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
    target: "es2022",
    // `light-dark()` stays as it is written.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
  },
  worker: { format: "es" },
});
