/* The Earth: land, night and the grid in one shader. The grid stays the 1024 x 512 bytes that it is
 * (row 0 south, column 0 at -180); which cell a pixel lies in, and which colour that has, is found
 * for each pixel, so that cells are exact at the date line and at the poles. */
import * as THREE from "three";

export const COLUMNS = 1024;
export const ROWS = 512;

const VERTEX = /* glsl */ `
out vec3 place;
void main() {
  place = position;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = /* glsl */ `
precision highp float;
precision highp int;
uniform sampler2D grid;   // 0 is none, 1 to 255 from the lowest to the highest value
uniform sampler2D table;  // 255 colours
uniform sampler2D ground; // 1 on land
uniform vec3 sea;
uniform vec3 land;
uniform vec3 dark;
uniform vec3 sun;
uniform float night;
uniform float opacity;
uniform bool smoothed;
in vec3 place;
out vec4 colour;
const float PI = 3.141592653589793;

vec4 painted(float value) {
  return vec4(texelFetch(table, ivec2(int(clamp(value + 0.5, 1.0, 255.0)) - 1, 0), 0).rgb, 1.0);
}

float cell(ivec2 at) {
  at.x = (at.x + ${COLUMNS}) % ${COLUMNS};
  at.y = clamp(at.y, 0, ${ROWS - 1});
  return 255.0 * texelFetch(grid, at, 0).r;
}

// Between the centres of the four cells around; cells without a value have no say.
float between(vec2 at) {
  vec2 low = floor(at - 0.5);
  vec2 share = at - 0.5 - low;
  ivec2 first = ivec2(low);
  vec4 values = vec4(cell(first), cell(first + ivec2(1, 0)), cell(first + ivec2(0, 1)), cell(first + ivec2(1, 1)));
  vec4 weights = vec4((1.0 - share.x) * (1.0 - share.y), share.x * (1.0 - share.y), (1.0 - share.x) * share.y, share.x * share.y);
  weights *= step(0.5, values);
  float sum = weights.x + weights.y + weights.z + weights.w;
  return sum < 0.5 ? 0.0 : dot(weights, values) / sum;
}

void main() {
  vec3 up = normalize(place);
  vec2 share = vec2(atan(-up.z, up.x) / (2.0 * PI) + 0.5, asin(clamp(up.y, -1.0, 1.0)) / PI + 0.5);
  vec3 base = mix(sea, land, texture(ground, share).r);
  // From the Sun at the horizon to 18 degrees below it.
  base = mix(base, dark, night * smoothstep(0.0, 0.309, -dot(up, sun)));
  vec2 at = share * vec2(${COLUMNS}.0, ${ROWS}.0);
  float value = smoothed ? between(at) : cell(ivec2(floor(at)));
  if (value > 0.5) base = mix(base, painted(value).rgb, opacity);
  colour = vec4(base, 1.0);
}`;

export class Sphere {
  constructor() {
    this.cells = new Uint8Array(COLUMNS * ROWS);
    this.colours = new Uint8Array(255 * 4);
    this.grid = texture(this.cells, COLUMNS, ROWS, THREE.RedFormat);
    this.table = texture(this.colours, 255, 1, THREE.RGBAFormat);
    /** @type {THREE.Texture} */
    this.ground = texture(new Uint8Array(1), 1, 1, THREE.RedFormat);
    const vector = () => ({ value: new THREE.Vector3() });
    this.uniforms = {
      grid: { value: this.grid }, table: { value: this.table },
      ground: { value: this.ground },
      sea: vector(), land: vector(), dark: vector(), sun: vector(),
      night: { value: 0 }, opacity: { value: 0 }, smoothed: { value: false },
    };
    const material = new THREE.ShaderMaterial({
      glslVersion: THREE.GLSL3, vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: this.uniforms,
    });
    this.mesh = new THREE.Mesh(new THREE.SphereGeometry(1, 192, 96), material);
    this.material = material;
  }

  dispose() {
    this.mesh.geometry.dispose();
    this.material.dispose();
    [this.grid, this.table, this.ground].forEach((one) => one.dispose());
  }

  /** @param {Uint8Array | null} bytes null: nothing is known of any cell */
  show(bytes) {
    if (bytes && bytes.length === COLUMNS * ROWS) this.cells.set(bytes);
    else this.cells.fill(0);
    this.grid.needsUpdate = true;
  }

  /** @param {Uint8Array} colours 255 times red, green, blue */
  paint(colours) {
    for (let at = 0; at < 255; at += 1) this.colours.set([...colours.subarray(3 * at, 3 * at + 3), 255], 4 * at);
    this.table.needsUpdate = true;
  }

  /** A picture of land in white on black, equirectangular, north up. @param {HTMLCanvasElement} canvas */
  groundOf(canvas) {
    this.ground.dispose();
    this.ground = new THREE.CanvasTexture(canvas);
    this.ground.generateMipmaps = false;
    this.ground.minFilter = THREE.LinearFilter;
    this.ground.wrapS = THREE.RepeatWrapping;
    this.uniforms.ground.value = this.ground;
  }

  /** @param {[number, number, number]} direction towards the Sun */
  lit(direction) {
    this.uniforms.sun.value.set(...direction);
  }
}

/** @param {Uint8Array} data @param {number} width @param {number} height @param {THREE.PixelFormat} format */
function texture(data, width, height, format) {
  const made = new THREE.DataTexture(data, width, height, format, THREE.UnsignedByteType);
  made.unpackAlignment = 1;
  made.magFilter = THREE.NearestFilter;
  made.minFilter = THREE.NearestFilter;
  made.generateMipmaps = false;
  made.needsUpdate = true;
  return made;
}
