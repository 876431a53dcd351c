/* Lines of a width in pixels, and marks of a size in pixels; both keep their buffers. */
import * as THREE from "three";
import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";

/** @typedef {import("./look.js").Rgb} Rgb */

export class Stroke {
  /** @param {number} width pixels @param {{dashed?: boolean}} [how] */
  constructor(width, { dashed = false } = {}) {
    this.material = new LineMaterial({ linewidth: width, transparent: true, depthWrite: false });
    if (dashed) Object.assign(this.material, { dashed: true, dashSize: 0.014, gapSize: 0.012 });
    this.room = 0;
    this.object = new LineSegments2(this._geometry(256), this.material);
    this.object.frustumCulled = false;
  }

  /** @param {number} pieces */
  _geometry(pieces) {
    const geometry = new LineSegmentsGeometry();
    this.buffer = new THREE.InstancedInterleavedBuffer(new Float32Array(6 * pieces), 6, 1);
    geometry.setAttribute("instanceStart", new THREE.InterleavedBufferAttribute(this.buffer, 3, 0));
    geometry.setAttribute("instanceEnd", new THREE.InterleavedBufferAttribute(this.buffer, 3, 3));
    geometry.instanceCount = 0;
    this.room = pieces;
    return geometry;
  }

  /** @param {number[] | Float32Array} points pairs of points: x y z, x y z, ... */
  set(points) {
    const pieces = points.length / 6;
    if (pieces > this.room) {
      this.object.geometry.dispose();
      this.object.geometry = this._geometry(Math.ceil(1.5 * pieces));
    }
    const { buffer } = this;
    if (!buffer) return;
    /** @type {Float32Array} */ (buffer.array).set(points);
    buffer.needsUpdate = true;
    this.object.geometry.instanceCount = pieces;
    if (this.material.dashed) this.object.computeLineDistances();
  }

  /** @param {Rgb} colour @param {number} opacity */
  paint(colour, opacity) {
    this.material.color.setRGB(...colour, THREE.SRGBColorSpace);
    this.material.opacity = opacity;
  }

  dispose() {
    this.object.geometry.dispose();
    this.material.dispose();
  }
}

const VERTEX = /* glsl */ `
attribute vec4 paint;
attribute vec2 form;
uniform float scale;
varying vec4 vPaint;
varying vec2 vForm;
void main() {
  vPaint = paint;
  vForm = form;
  gl_PointSize = form.x * scale;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = /* glsl */ `
uniform float scale;
uniform vec3 halo;
varying vec4 vPaint;
varying vec2 vForm;
void main() {
  vec2 at = (2.0 * gl_PointCoord - 1.0) * vForm.x * 0.5;
  float reach = vForm.x * 0.5 - 1.5;
  float off = length(at) - reach;                                   // disc
  if (vForm.y > 0.5) off = abs(length(at) - reach + 0.9) - 0.9;     // ring
  if (vForm.y > 1.5) off = 0.75 * (abs(at.x) + abs(at.y) - reach);  // diamond
  if (vForm.y > 2.5) off = max(min(abs(at.x - at.y), abs(at.x + at.y)) * 0.7 - 1.0, length(at) - reach); // cross
  float edge = 0.7;
  float inside = 1.0 - smoothstep(-edge, edge, off);
  float around = 1.0 - smoothstep(0.5, 1.5, off);
  float alpha = max(inside, 0.75 * around) * vPaint.a;
  if (alpha < 0.02) discard;
  gl_FragColor = vec4(mix(halo, vPaint.rgb, inside), alpha);
}`;

export const SHAPES = { disc: 0, ring: 1, diamond: 2, cross: 3 };

/**
 * @typedef {{at: [number, number, number], colour: Rgb, opacity: number, size: number, shape: keyof typeof SHAPES}} Mark
 */

export class Marks {
  constructor() {
    this.uniforms = { scale: { value: 1 }, halo: { value: new THREE.Vector3() } };
    this.material = new THREE.ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: this.uniforms, transparent: true, depthWrite: false,
    });
    this.room = 0;
    this.object = new THREE.Points(this._geometry(256), this.material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 10;
  }

  /** @param {number} count */
  _geometry(count) {
    const geometry = new THREE.BufferGeometry();
    [["position", 3], ["paint", 4], ["form", 2]].forEach(([name, size]) => {
      geometry.setAttribute(String(name), new THREE.BufferAttribute(new Float32Array(count * Number(size)), Number(size)));
    });
    geometry.setDrawRange(0, 0);
    this.room = count;
    return geometry;
  }

  /** @param {Mark[]} marks */
  set(marks) {
    if (marks.length > this.room) {
      this.object.geometry.dispose();
      this.object.geometry = this._geometry(2 * marks.length);
    }
    const { position, paint, form } = this.object.geometry.attributes;
    marks.forEach(({ at, colour, opacity, size, shape }, place) => {
      position.setXYZ(place, ...at);
      paint.setXYZW(place, ...colour, opacity);
      form.setXY(place, size + 3, SHAPES[shape]);
    });
    [position, paint, form].forEach((attribute) => {
      attribute.needsUpdate = true;
    });
    this.object.geometry.setDrawRange(0, marks.length);
  }

  dispose() {
    this.object.geometry.dispose();
    this.material.dispose();
  }
}
