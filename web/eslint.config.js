import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = ["login", "desk", "live", "campaigns", "imports", "customers", "tasks", "quickforms", "system"];
// A feature never imports another; what two of them need lives in ui, lib, api or softphone.
const walls = features.map((name) => ({
  files: [`src/features/${name}/**`],
  rules: {
    "no-restricted-imports": ["error", {
      patterns: features.filter((other) => other !== name).map((other) => ({ group: [`**/features/${other}/**`, `../${other}/**`], message: "features never import each other" })),
    }],
  },
}));

export default tseslint.config(
  { ignores: ["dist", "node_modules", "shots", "src/api/types.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  hooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}", "tests/**/*.{ts,tsx}"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
      // Here effects follow the outside world (socket, clock, media), whose first value is set at once.
      "react-hooks/set-state-in-effect": "off",
    },
  },
  {
    files: ["src/ui/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["react-router", "**/api/http*", "**/api/live*", "@tanstack/*"], message: "ui knows no router and no fetch" }] }] },
  },
  ...walls,
  {
    files: ["scripts/**/*.mjs", "mock/**/*.mjs", "tests/**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", Buffer: "readonly", setTimeout: "readonly", setInterval: "readonly", clearInterval: "readonly", clearTimeout: "readonly", URL: "readonly", document: "readonly", window: "readonly", localStorage: "readonly", fetch: "readonly", AudioContext: "readonly", btoa: "readonly", NodeFilter: "readonly", getComputedStyle: "readonly", requestAnimationFrame: "readonly", HTMLMediaElement: "readonly", DOMException: "readonly", addEventListener: "readonly" } },
  },
);
