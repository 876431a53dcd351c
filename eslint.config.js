/* What a type check does not see: dead code, tangled functions, and what the page must never do. */
import js from "@eslint/js";
import globals from "globals";

/* Names of XML vocabularies are no addresses. */
const ELSEWHERE = "^(https?:)?\\/\\/(?!www\\.w3\\.org\\/)";

const NEVER = [
  {
    selector: `:matches(Literal[value=/${ELSEWHERE}/], TemplateElement[value.raw=/${ELSEWHERE}/])`,
    message: "Nothing comes from another host; packages are served below /vendor.",
  },
  {
    selector: "AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]",
    message: "Text that becomes markup can become a script. Make elements, or set textContent.",
  },
  {
    selector: "CallExpression[callee.property.name='insertAdjacentHTML']",
    message: "Text that becomes markup can become a script. Make elements, or set textContent.",
  },
];

const RULES = {
  ...js.configs.recommended.rules,
  "array-callback-return": "error",
  "complexity": ["error", 10],
  "consistent-return": "off", // the type check knows what is returned (noImplicitReturns)
  "default-case-last": "error",
  "eqeqeq": "error",
  "max-depth": ["error", 4],
  "max-lines": ["error", 400],
  "no-alert": "error",
  "no-console": ["error", { allow: ["warn", "error"] }],
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-promise-executor-return": ["error", { allowVoid: true }],
  "no-restricted-syntax": ["error", ...NEVER],
  "no-script-url": "error",
  "no-self-compare": "error",
  "no-shadow": "error",
  "no-throw-literal": "error",
  "no-undef": "off", // the type check knows every name
  "no-unmodified-loop-condition": "error",
  "no-unused-expressions": ["error", { allowShortCircuit: false }],
  "no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "all" }],
  "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-promise-reject-errors": "error",
  "require-atomic-updates": "off", // objects that await are asked whether they are still wanted
  "strict": ["error", "safe"],
};

export default [
  { ignores: ["**/*", "!assets/**", "!tests/**", "!eslint.config.js"] },
  {
    files: ["assets/modules/**/*.js"],
    ignores: ["assets/modules/theme.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: RULES,
  },
  {
    // Scripts that Dash or the head of the page loads by themselves.
    files: ["assets/*.js", "assets/modules/theme.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...RULES, "strict": ["error", "function"] },
  },
  {
    files: ["tests/js/**/*.js", "eslint.config.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...RULES, "no-restricted-syntax": "off" },
  },
];
