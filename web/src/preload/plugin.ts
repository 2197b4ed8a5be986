import type { Plugin } from "vite";

/** The faces that the first view of every page is set in: the title's and the text's. */
const FACES = /\/(fraunces-latin-opsz-normal|inter-latin-wght-normal)-[\w-]+\.woff2$/;

/** Tells the browser of the fonts in the page's head, so that they come beside the script and not after it. */
export function preloadFonts(): Plugin {
  return {
    name: "frontrow:preload-fonts",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle }) =>
        Object.keys(bundle ?? {})
          .map((name) => `/${name}`)
          .filter((name) => FACES.test(name))
          .map((href) => ({
            tag: "link",
            attrs: { rel: "preload", as: "font", type: "font/woff2", href, crossorigin: "" },
            injectTo: "head-prepend" as const,
          })),
    },
  };
}
