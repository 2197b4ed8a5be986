import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { offline, WORKER } from "./src/offline/plugin.ts";
import { preloadFonts } from "./src/preload/plugin.ts";

const backEnd = process.env["FRONTROW_BACKEND"] ?? "http://127.0.0.1:8000";

/** The scripts that index.html itself loads. */
const HEAD = /^assets\/(index|frame|shared|rolldown-runtime)-[\w-]+\.js$/;

export default defineConfig({
  plugins: [react(), tailwindcss(), offline(), preloadFonts()],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      // React has had it of its own since 18; the stand-in for older ones would only weigh.
      { find: /^use-sync-external-store\/shim$/, replacement: "react" },
    ],
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      // The back end refuses foreign origins, so the proxy speaks as its own.
      "/api": { target: backEnd, changeOrigin: true, headers: { origin: backEnd } },
      "/media": { target: backEnd },
      "/ws": { target: backEnd, ws: true, changeOrigin: true, headers: { origin: backEnd } },
    },
  },
  build: {
    target: "es2023",
    // The page's head has asked for these already; a page that is opened asks for the rest.
    modulePreload: { resolveDependencies: (_file, asked, { hostType }) => (hostType === "js" ? asked.filter((file) => !HEAD.test(file)) : asked) },
    // Inlined fonts and pictures would need a weaker content security policy, and would not be cached on their own.
    assetsInlineLimit: 0,
    sourcemap: false,
    // What loads what; the budget of scripts is checked by it.
    manifest: true,
    rolldownOptions: {
      input: { index: fileURLToPath(new URL("./index.html", import.meta.url)), sw: WORKER },
      // The worker's address never changes: its scope is the whole shop, and browsers ask for it anew.
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        codeSplitting: {
          groups: [
            // What changes seldom stays in the browser's cache over a new version of ours.
            { name: "frame", test: /^(?!.*(infiniteQuery|mutationObserver|useMutation)).*\/node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack)\//i },
            // What several pages share is small and many: one file of it is asked for once.
            { name: "shared", test: /src\/(shared|client|features\/browse)\//, minShareCount: 4 },
          ],
        },
      },
    },
  },
});
