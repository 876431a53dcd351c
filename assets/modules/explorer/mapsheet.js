/* Elements that lie on the map: over a part of the plane that stays, or over what is in view.
 *
 * Leaflet moves them with the map while it is dragged, and they take part in its zooming; when it
 * has come to rest they are placed anew. */

/**
 * @typedef {import("leaflet").Map} LeafletMap
 * @typedef {import("leaflet").Point} Point
 * @typedef {import("./mapplane.js").Box} Box
 * @typedef {import("./mapcells.js").View} View
 */

const PADDING = 0.12; // of the map's size on each side, so that a drag does not show the edge at once

/** Where a point of the plane lies, in pixels of a zoom. @param {LeafletMap} map @param {number} x @param {number} y */
export function pixelOf(map, x, y, zoom = map.getZoom()) {
  const crs = /** @type {any} */ (map.options.crs);
  const L = /** @type {typeof import("leaflet")} */ (window.L);
  return /** @type {Point} */ (crs.transformation.transform(L.point(x, y), crs.scale(zoom)));
}

/** The point of the plane at a pixel of the current zoom. @param {LeafletMap} map @param {Point} pixel */
export function planePoint(map, pixel) {
  const crs = /** @type {any} */ (map.options.crs);
  return /** @type {Point} */ (crs.transformation.untransform(pixel, crs.scale(map.getZoom())));
}

/** Metres of the plane on a pixel. @param {LeafletMap} map */
export function metresPerPixel(map) {
  const [one, other] = [pixelOf(map, 0, 0), pixelOf(map, 1e6, 0)];
  return 1e6 / (other.x - one.x);
}

/** Where the map's pixels begin after a zoom that is under way.
 * @param {LeafletMap} map @param {import("leaflet").LatLng} centre @param {number} zoom */
function originAt(map, centre, zoom) {
  const L = /** @type {typeof import("leaflet")} */ (window.L);
  const moved = L.DomUtil.getPosition(map.getPanes().mapPane);
  return map.project(centre, zoom).subtract(map.getSize().divideBy(2)).add(moved).round();
}

/** An element on a box of the plane. */
export class Placed {
  /** @param {LeafletMap} map @param {HTMLElement} pane @param {HTMLElement | SVGElement} element */
  constructor(map, pane, element) {
    this.map = map;
    this.element = /** @type {HTMLElement} */ (element);
    this.element.classList.add("leaflet-zoom-animated");
    /** @type {Box} */
    this.box = [0, 0, 0, 0];
    this.settle = () => this._settle();
    this.animate = (/** @type {any} */ event) => this._animate(event);
    pane.append(element);
    map.on("zoomend viewreset resize", this.settle);
    map.on("zoomanim", this.animate);
  }

  /** @param {Box} box */
  cover(box) {
    this.box = box;
    this._settle();
  }

  _settle() {
    const L = /** @type {typeof import("leaflet")} */ (window.L);
    const [left, bottom, right, top] = this.box;
    const origin = this.map.getPixelOrigin();
    const corner = pixelOf(this.map, left, top).subtract(origin);
    const size = pixelOf(this.map, right, bottom).subtract(origin).subtract(corner);
    L.DomUtil.setPosition(this.element, corner);
    this.element.style.width = `${size.x}px`;
    this.element.style.height = `${size.y}px`;
  }

  /** @param {{center: import("leaflet").LatLng, zoom: number}} event */
  _animate({ center, zoom }) {
    const L = /** @type {typeof import("leaflet")} */ (window.L);
    const corner = pixelOf(this.map, this.box[0], this.box[3], zoom).subtract(originAt(this.map, center, zoom));
    L.DomUtil.setTransform(this.element, corner, this.map.getZoomScale(zoom, this.map.getZoom()));
  }

  remove() {
    this.map.off("zoomend viewreset resize", this.settle);
    this.map.off("zoomanim", this.animate);
    this.element.remove();
  }
}

/** An element over what is in view and a little around it; `draw` is told whenever that changes. */
export class Sheet extends Placed {
  /**
   * @param {LeafletMap} map
   * @param {HTMLElement} pane
   * @param {HTMLCanvasElement | SVGElement} element
   * @param {(view: View) => void} draw
   */
  constructor(map, pane, element, draw) {
    super(map, pane, element);
    this.draw = draw;
    /** @type {View} */
    this.view = { left: 0, top: 0, step: 1, width: 0, height: 0 };
    map.on("moveend", this.settle);
    this._settle();
  }

  /** @override */
  _settle() {
    if (!this.draw) return; // not built yet
    const L = /** @type {typeof import("leaflet")} */ (window.L);
    const size = this.map.getSize();
    const pad = size.multiplyBy(PADDING).round();
    const corner = this.map.containerPointToLayerPoint(L.point(-pad.x, -pad.y)).round();
    const { x: left, y: top } = planePoint(this.map, corner.add(this.map.getPixelOrigin()));
    const [width, height] = [size.x + 2 * pad.x, size.y + 2 * pad.y];
    const step = metresPerPixel(this.map);
    const view = { left, top, step, width, height };
    if (!width || !height) return;
    this.box = /** @type {Box} */ ([left, top - height * step, left + width * step, top]);
    L.DomUtil.setPosition(this.element, corner);
    this.element.style.width = `${width}px`;
    this.element.style.height = `${height}px`;
    this.view = view;
    this.draw(view);
  }

  /** @override */
  remove() {
    this.map.off("moveend", this.settle);
    super.remove();
  }
}
