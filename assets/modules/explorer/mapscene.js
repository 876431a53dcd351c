/* One Leaflet map of one projection with all that lies on it. */
import { html } from "../keogram/dom.js";
import { MapGrid } from "./mapgrid.js";
import { MapImages } from "./mapimages.js";
import { MapLayers } from "./maplayers.js";
import { MapMarks } from "./mapmarks.js";
import { PLANES, crsOf } from "./mapplane.js";
import { planePoint } from "./mapsheet.js";
import { zoomLimits } from "./mapview.js";

/**
 * @typedef {import("./mapplane.js").CrsName} CrsName
 * @typedef {{lat: number, lon: number, zoom: number}} Look
 */

/** From below to above; Leaflet's own panes are not used. */
const PANES = { base: 250, grid: 300, coasts: 350, lines: 400, marks: 450 };
const OPTIONS = {
  attributionControl: false, zoomControl: false, keyboard: false, boxZoom: false, doubleClickZoom: true,
  zoomSnap: 0, zoomDelta: 0.5, wheelPxPerZoomLevel: 120, worldCopyJump: false, inertia: false, bounceAtZoomLimits: false,
};

export class MapScene {
  /**
   * @param {typeof import("leaflet")} leaflet
   * @param {HTMLElement} root
   * @param {CrsName} crs
   * @param {(size: {x: number, y: number}) => Look} look where to begin
   */
  constructor(leaflet, root, crs, look) {
    this.crs = crs;
    this.element = html("div.xm-leaflet");
    root.prepend(this.element);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const options = { ...OPTIONS, crs: crsOf(leaflet, PLANES[crs]), zoomAnimation: !calm };
    this.map = leaflet.map(this.element, /** @type {import("leaflet").MapOptions} */ (options));
    this.element.removeAttribute("tabindex"); // the view around it takes the keys
    this.limit();
    const { lat, lon, zoom } = look(this.map.getSize());
    this.map.setView([lat, lon], zoom, { animate: false });
    const pane = (/** @type {keyof typeof PANES} */ name) => {
      const made = this.map.createPane(`atlas-${name}`);
      made.style.zIndex = String(PANES[name]);
      made.classList.add("xm-pane");
      return made;
    };
    this.gridPane = pane("grid");
    this.layers = new MapLayers(this.map, { base: pane("base"), coasts: pane("coasts"), lines: pane("lines") }, crs);
    this.grid = new MapGrid(this.map, this.gridPane, crs);
    this.images = new MapImages(this.map, this.gridPane, crs, (picture) => this._picture(picture));
    this.marks = new MapMarks(this.map, pane("marks"), crs);
    /** @type {(picture: {url: string} | null) => void} */
    this.onPicture = () => {};
  }

  limit() {
    const [least, most] = zoomLimits(this.crs, this.map.getSize());
    this.map.setMinZoom(least);
    this.map.setMaxZoom(most);
  }

  /** The picture shows the same light as the grid, in more detail: one of them is seen.
   * @param {{url: string} | null} picture */
  _picture(picture) {
    this.grid.reveal(!picture);
    this.onPicture(picture);
  }

  /** The place under a point of the map's element; null where the map has ended. @param {import("leaflet").Point} point */
  placeAt(point) {
    const layer = this.map.containerPointToLayerPoint(point);
    const { x, y } = planePoint(this.map, layer.add(this.map.getPixelOrigin()));
    const place = PLANES[this.crs].unproject(x, y);
    return place && { lat: place[0], lon: place[1] };
  }

  /** @param {Record<string, number>} opacities */
  fade(opacities) {
    this.gridPane.style.opacity = String(opacities.grid ?? 0);
    this.layers.fade(opacities);
    this.marks.show({ opacities });
  }

  /** @param {import("../types/explorer.js").Moment} moment */
  showMoment(moment) {
    this.layers.show(moment);
    this.marks.show({ moment });
  }

  remove() {
    this.images.remove();
    this.grid.remove();
    this.layers.remove();
    this.marks.remove();
    this.map.off();
    this.map.remove();
    this.element.remove();
  }
}
