/* What scripts of the page know of each other and of Dash. These are all the globals there are:
 * Dash finds functions by name on `window`, and `theme.js` runs before anything else does. */

type Props = Record<string, unknown>;
type ClientFunction = (...args: never[]) => unknown;

interface DashClientside {
  no_update: object;
  atlas: AtlasFunctions;
  set_props(id: string | object, props: Props): void;
  [namespace: string]: unknown;
}

/** Functions of our own that callbacks call; the shell's file makes the first. */
interface AtlasFunctions {
  writeUrl(query: string, isSearch: boolean): void;
  [name: string]: unknown;
}

interface AtlasTheme {
  KEY: string;
  choice(): "light" | "dark" | "auto";
  scheme(): "light" | "dark";
  apply(): void;
}

interface Window {
  dash_clientside: DashClientside;
  /** Comes with the first table. */
  dash_ag_grid?: { getApi(id: string): any };
  dash_component_api?: { getLayout(id: string): { props?: Props } | undefined };
  dashAgGridFunctions?: Record<string, ClientFunction>;
  dashMantineFunctions?: Record<string, ClientFunction>;
  atlasTheme: AtlasTheme;
  /** Leaflet, once dash-leaflet's component has been loaded. */
  L?: typeof import("leaflet");
}
