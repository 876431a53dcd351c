/* The eye over the globe: where it is, how it is moved, and what it sees where. */
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { place, point } from "./lines.js";
import { hidden, struck } from "./pick.js";
import { FARTHEST, NEAREST } from "./state.js";

/** @import {State, Store} from "./state.js" */

const FIELD_DEG = 34;
const HIGHEST_LAT = 89.5; // over a pole the way up is lost

export class Eye {
  /** @param {HTMLCanvasElement} canvas @param {Store} store @param {() => void} moved */
  constructor(canvas, store, moved) {
    this.store = store;
    this.camera = new THREE.PerspectiveCamera(FIELD_DEG, 1, 0.02, 80);
    this.controls = new OrbitControls(this.camera, canvas);
    this.width = 1;
    this.height = 1;
    this.telling = false;
    Object.assign(this.controls, { enablePan: false, minDistance: NEAREST, maxDistance: FARTHEST, zoomSpeed: 0.8 });
    this.controls.addEventListener("change", () => {
      this._pace();
      moved();
    });
    this.controls.addEventListener("end", () => this._tell());
    this.aim(store.get());
  }

  dispose() {
    this.controls.dispose();
  }

  /** Puts the eye where the state has it. @param {State} state */
  aim({ centre: { lat, lon, distance } }) {
    if (this.telling) return;
    this.camera.position.set(...point(Math.min(Math.max(lat, -HIGHEST_LAT), HIGHEST_LAT), lon, distance));
    this.controls.update();
    this._pace();
  }

  /** The nearer, the slower, so that the ground follows the mouse. */
  _pace() {
    this.controls.rotateSpeed = Math.min(0.9, 0.32 * (this.camera.position.length() - 1));
  }

  _tell() {
    this.telling = true;
    this.store.set({ centre: this.centre() });
    this.telling = false;
  }

  centre() {
    const { lat, lon, radius } = place(...this.camera.position.toArray());
    return { lat, lon, distance: radius };
  }

  /** @param {number} width @param {number} height in pixels of the page */
  size(width, height) {
    this.width = width;
    this.height = height;
    this.camera.aspect = width / height;
    // In a narrow window the same distance shows as much as in a wide one.
    const half = Math.tan((FIELD_DEG * Math.PI) / 360) * Math.max(1, height / width);
    this.camera.fov = (Math.atan(half) * 360) / Math.PI;
    this.camera.updateProjectionMatrix();
  }

  /** @param {[number, number, number]} at @returns {{x: number, y: number} | null} null where it is not seen */
  pixel(at) {
    if (hidden(...at, this.camera.position)) return null;
    const { x, y, z } = new THREE.Vector3(...at).project(this.camera);
    if (z > 1 || Math.abs(x) > 1 || Math.abs(y) > 1) return null;
    return { x: ((x + 1) / 2) * this.width, y: ((1 - y) / 2) * this.height };
  }

  /** Where a place of the ground is seen. @param {number} lat @param {number} lon */
  pixelOf(lat, lon) {
    return this.pixel(point(lat, lon, 1.0005));
  }

  /** The place under a pixel; null beside the Earth. @param {number} x @param {number} y */
  placeAt(x, y) {
    const way = new THREE.Vector3((2 * x) / this.width - 1, 1 - (2 * y) / this.height, 0.5)
      .unproject(this.camera).sub(this.camera.position).normalize();
    return struck(this.camera.position, way);
  }
}
