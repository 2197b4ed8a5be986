import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** Forbids what leaves a folder: its own files are reached by "./", everything else by "@/", never by "../". */
const mayNotImport = (folder, group, message) => ({
  files: [`src/${folder}/**`],
  rules: {
    "no-restricted-imports": ["error", { patterns: [{ group, message }, { group: ["../*"], message: 'Outside its folder a file is reached by "@/".' }] }],
  },
});

const APP = ["@/app", "@/app/*"];
const FEATURES = ["@/features", "@/features/*"];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/client"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      "@typescript-eslint/no-empty-object-type": "off",
      "max-lines": ["error", 400],
    },
  },
  ...features.map((feature) => mayNotImport(`features/${feature}`, [...APP, ...FEATURES], "Features never import each other; let app/ bring them together.")),
  mayNotImport("shared", [...APP, ...FEATURES], "Shared code must not know a page."),
  { files: ["eslint.config.js"], extends: [tseslint.configs.disableTypeChecked] },
);
