import { defineConfig, mergeConfig } from "vitest/config";
import pages from "./vite.config.ts";

// Apart from the build's own file, so that building the pages needs no test runner.
export default mergeConfig(
  pages,
  defineConfig({
    test: {
      environment: "node",
      include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
      restoreMocks: true,
    },
  }),
);
