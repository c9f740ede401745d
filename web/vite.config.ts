import { defineConfig } from "vite";

export default defineConfig({
  appType: "mpa",
  build: {
    // Names carry a hash of what is in them, so the server lets browsers keep them for good.
    assetsDir: "assets",
    // Data URLs would need an exception in the pages' policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4_000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["start.html", "docs.html", "graphiql.html"],
      // "use client" means nothing here: there is no rendering on the server.
      onLog: (level, log, report) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
    target: "es2022",
  },
  worker: { format: "es" },
});
