/** For the build: makes `/sw.js` of the worker, and tells it which files of this build the tickets' pages need. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Plugin, Rollup } from "vite";

export const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));
const PAGES = ["/features/wallet/OrderPage.tsx", "/features/wallet/WalletPage.tsx"];
/** The letters of these pages; others come with the network, or the system's own stand in. */
const FONTS = /(inter-latin-wght-normal|fraunces-latin-opsz-(normal|italic))-[\w-]+\.woff2$/;

/** Every script that the chunks load before they run, themselves included. */
function withImports(bundle: Rollup.OutputBundle, names: readonly string[]): Set<string> {
  const all = new Set(names);
  for (const name of all) {
    const chunk = bundle[name];
    if (chunk?.type === "chunk") for (const imported of chunk.imports) all.add(imported);
  }
  return all;
}

export function offline(): Plugin {
  return {
    name: "frontrow:offline",
    apply: "build",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const chunks = files.filter((file) => file.type === "chunk");
      const worker = chunks.find((chunk) => chunk.facadeModuleId === WORKER);
      if (!worker || worker.imports.length > 0) throw new Error("the service worker isn't one file of its own");
      const wanted = chunks.filter((chunk) => chunk !== worker && (chunk.isEntry || PAGES.some((page) => chunk.facadeModuleId?.endsWith(page))));
      const scripts = withImports(bundle, wanted.map((chunk) => chunk.fileName));
      const others = files.map((file) => file.fileName).filter((name) => name.endsWith(".css") || FONTS.test(name));
      const shell = [...scripts, ...others].sort().map((name) => `/${name}`);
      const version = createHash("sha256").update(shell.join()).update(worker.code).digest("hex").slice(0, 12);
      worker.code = worker.code.replaceAll("__SHELL__", JSON.stringify(shell)).replaceAll("__VERSION__", JSON.stringify(version));
    },
  };
}
