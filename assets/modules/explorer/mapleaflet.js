/* Leaflet as dash-leaflet brings it: its script is fetched when a map is first shown. */

const ADDRESS = "/_dash-component-suites/dash_leaflet/dash_leaflet.js";

/** @type {Promise<typeof import("leaflet")> | null} */
let loading = null;

/** @returns {Promise<typeof import("leaflet")>} */
export function leaflet() {
  if (window.L) return Promise.resolve(window.L);
  loading = loading ?? load();
  loading.catch(() => {
    loading = null; // the next map asks again
  });
  return loading;
}

/** @returns {Promise<typeof import("leaflet")>} */
function load() {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = ADDRESS;
    script.onload = () => (window.L ? resolve(window.L) : reject(new Error("dash-leaflet came without Leaflet")));
    script.onerror = () => {
      script.remove();
      reject(new Error(`${ADDRESS} was not delivered`));
    };
    document.head.append(script);
  });
}
