// The documentation of the API, drawn by Swagger UI from the document of this server.

const root = document.documentElement;

/** Take the scheme of the site, or of the system where the site has not been told one. */
function followScheme() {
  const chosen = root.getAttribute("data-mantine-color-scheme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.classList.toggle("dark-mode", dark);
}

followScheme();
new MutationObserver(followScheme).observe(root, { attributeFilter: ["data-mantine-color-scheme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", followScheme);

window.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 3,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: false,
  // Nothing is asked of another host.
  validatorUrl: null,
});
