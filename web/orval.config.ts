import { defineConfig } from "orval";

/** The client is made from the back end's own description; `npm run generate` after every change of it. */
export default defineConfig({
  frontrow: {
    input: "./openapi.json",
    output: {
      mode: "split",
      target: "src/client/frontrow.ts",
      client: "fetch",
      clean: true,
      override: {
        mutator: { path: "src/shared/lib/http.ts", name: "http" },
        fetch: { includeHttpResponseReturnType: false },
      },
    },
  },
});
