/* The Earth: land, night and the grid, found for each pixel of the screen from the ray through it.
 *
 * Where a pixel looks (cell, land, how much of it the Earth covers) changes with the camera alone: it
 * is drawn once, as four bytes a pixel. What is seen there is put together for each frame from a few
 * look-ups, so that playing is quick even where the processor draws. The grid stays the 1024 x 512
 * bytes that it is (row 0 south, column 0 at -180): cells are exact at the date line and the poles. */
import * as THREE from "three";

export const COLUMNS = 1024;
export const ROWS = 512;

const WHOLE = /* glsl */ `
void main() { gl_Position = vec4(position.xy, 0.0, 1.0); }`;

/** The place that a pixel looks at, as shares of the grid's width and height, and how much of it is
 * Earth. */
const RAY = /* glsl */ `
precision highp float;
precision highp int;
uniform vec3 eye;
uniform vec3 ahead;
uniform vec3 right; // half the picture's width and height at a distance of 1
uniform vec3 above;
uniform vec2 size;
const float PI = 3.141592653589793;

vec3 looked() {
  vec2 screen = 2.0 * gl_FragCoord.xy / size - 1.0;
  vec3 way = normalize(ahead + screen.x * right + screen.y * above);
  float along = -dot(eye, way);
  float past = dot(eye, eye) - along * along; // squared distance of the ray from the centre
  float pixel = 2.0 * length(above) / size.y * along;
  vec3 up = normalize(eye + (along - sqrt(max(0.0, 1.0 - past))) * way);
  vec2 share = vec2(atan(-up.z, up.x) / (2.0 * PI) + 0.5, asin(clamp(up.y, -1.0, 1.0)) / PI + 0.5);
  return vec3(share, clamp((1.0 - sqrt(past)) / pixel + 0.5, 0.0, 1.0));
}`;

/** Column in ten bits and land in six, row in nine and cover in seven. */
const WHERE = /* glsl */ `${RAY}
uniform sampler2D ground; // 1 on land
out vec4 packed;
void main() {
  vec3 at = looked();
  int column = int(at.x * ${COLUMNS}.0) & ${COLUMNS - 1};
  int row = min(int(at.y * ${ROWS}.0), ${ROWS - 1});
  int land = int(textureLod(ground, at.xy, 0.0).r * 63.0 + 0.5);
  int cover = int(at.z * 127.0 + 0.5);
  packed = vec4(column & 255, column >> 8 | land << 2, row & 255, row >> 8 | cover << 1) / 255.0;
}`;

const SEEN = /* glsl */ `${RAY}
uniform sampler2D where;
uniform sampler2D grid;  // red: 0 is none, 1 to 255 from the lowest to the highest value; green: night
uniform sampler2D table; // 255 colours
uniform sampler2D lines; // what is drawn over it, premultiplied, from the top
uniform vec3 back;
uniform vec3 sea;
uniform vec3 land;
uniform vec3 dark;
uniform float night;
uniform float opacity;
out vec4 colour;

#ifdef SMOOTH
float cell(ivec2 place) {
  return texelFetch(grid, ivec2(place.x & ${COLUMNS - 1}, clamp(place.y, 0, ${ROWS - 1})), 0).r;
}

// Between the centres of the four cells around; cells without a value have no say.
float between(vec2 place) {
  vec2 low = floor(place - 0.5);
  vec2 share = place - 0.5 - low;
  ivec2 first = ivec2(low);
  vec4 values = vec4(cell(first), cell(first + ivec2(1, 0)), cell(first + ivec2(0, 1)), cell(first + ivec2(1, 1)));
  vec4 weights = vec4((1.0 - share.x) * (1.0 - share.y), share.x * (1.0 - share.y), (1.0 - share.x) * share.y, share.x * share.y);
  weights *= step(0.002, values);
  float sum = weights.x + weights.y + weights.z + weights.w;
  return sum < 0.5 ? 0.0 : dot(weights, values) / sum;
}
#endif

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  ivec4 bits = ivec4(texelFetch(where, pixel, 0) * 255.0 + 0.5);
  vec3 base = back;
  if (bits.w > 1) {
    vec2 here = texelFetch(grid, ivec2(bits.x | (bits.y & 3) << 8, bits.z | (bits.w & 1) << 8), 0).rg;
    vec3 earth = mix(mix(sea, land, float(bits.y >> 2) / 63.0), dark, night * here.g);
    float value = here.r;
#ifdef SMOOTH
    value = between(looked().xy * vec2(${COLUMNS}.0, ${ROWS}.0));
#endif
    if (value > 0.002) {
      earth = mix(earth, texelFetch(table, ivec2(int(value * 255.0 + 0.5) - 1, 0), 0).rgb, opacity);
    }
    base = mix(back, earth, float(bits.w >> 1) / 127.0);
  }
  vec4 over = texelFetch(lines, ivec2(pixel.x, int(size.y) - 1 - pixel.y), 0);
  colour = vec4(over.rgb + base * (1.0 - over.a), 1.0);
}`;

export class Sphere {
  constructor() {
    this.cells = new Uint8Array(2 * COLUMNS * ROWS);
    this.colours = new Uint8Array(255 * 4);
    this.grid = texture(this.cells, COLUMNS, ROWS, THREE.RGFormat);
    this.table = texture(this.colours, 255, 1, THREE.RGBAFormat);
    /** @type {THREE.Texture} */
    this.ground = texture(new Uint8Array(1), 1, 1, THREE.RedFormat);
    /** @type {THREE.Texture} */
    this.lines = texture(new Uint8Array(4), 1, 1, THREE.RGBAFormat);
    this.target = new THREE.WebGLRenderTarget(1, 1, {
      depthBuffer: false, minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter, generateMipmaps: false,
    });
    const vector = () => ({ value: new THREE.Vector3() });
    const ray = { size: { value: new THREE.Vector2(1, 1) }, eye: vector(), ahead: vector(), right: vector(), above: vector() };
    this.ray = { ...ray, ground: { value: this.ground } };
    this.uniforms = {
      ...ray, where: { value: this.target.texture }, grid: { value: this.grid }, table: { value: this.table }, lines: { value: this.lines },
      back: vector(), sea: vector(), land: vector(), dark: vector(), night: { value: 0 }, opacity: { value: 0 },
    };
    this.where = whole(WHERE, this.ray);
    this.seen = whole(SEEN, this.uniforms);
    this.flat = new THREE.Camera();
    this.stale = true;
  }

  dispose() {
    [this.where, this.seen].forEach((mesh) => {
      mesh.geometry.dispose();
      mesh.material.dispose();
    });
    [this.grid, this.table, this.ground, this.lines, this.target].forEach((one) => one.dispose());
  }

  /** @param {Uint8Array | null} bytes null: nothing is known of any cell */
  show(bytes) {
    const { cells } = this;
    const known = bytes && bytes.length === COLUMNS * ROWS ? bytes : null;
    for (let at = 0; at < COLUMNS * ROWS; at += 1) cells[2 * at] = known ? known[at] : 0;
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
    this.ray.ground.value = this.ground;
    this.stale = true;
  }

  /** The night of each cell: none with the Sun at the horizon, full with it 18 degrees below.
   * @param {[number, number, number]} sun direction */
  lit(sun) {
    const { cells } = this;
    for (let row = 0; row < ROWS; row += 1) {
      const lat = ((row + 0.5) / ROWS - 0.5) * Math.PI;
      const [across, up] = [Math.cos(lat), Math.sin(lat) * sun[1]];
      for (let column = 0, to = 2 * row * COLUMNS + 1; column < COLUMNS; column += 1, to += 2) {
        const deep = -(across * (COSINES[column] * sun[0] - SINES[column] * sun[2]) + up) / 0.309;
        const share = deep < 0 ? 0 : deep > 1 ? 1 : deep;
        cells[to] = 255 * share * share * (3 - 2 * share);
      }
    }
    this.grid.needsUpdate = true;
  }

  /** Whether values between the centres of cells are drawn. @param {boolean} smooth */
  smooth(smooth) {
    const { material } = this.seen;
    if ("SMOOTH" in material.defines === smooth) return;
    material.defines = smooth ? { SMOOTH: 1 } : {};
    material.needsUpdate = true;
  }

  /** @param {number} width @param {number} height of the picture, in its own pixels */
  size(width, height) {
    this.target.setSize(width, height);
    this.ray.size.value.set(width, height);
    this.stale = true;
  }

  /** What is drawn over it all, as wide and high as the picture. @param {HTMLCanvasElement} canvas */
  over(canvas) {
    if (this.lines.image !== canvas || this.lines.userData.width !== canvas.width || this.lines.userData.height !== canvas.height) {
      this.lines.dispose();
      this.lines = new THREE.CanvasTexture(canvas);
      // As the canvas has it, premultiplied and from the top: nothing is left to convert.
      Object.assign(this.lines, { generateMipmaps: false, minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter, premultiplyAlpha: true, flipY: false });
      this.lines.userData = { width: canvas.width, height: canvas.height };
      this.uniforms.lines.value = this.lines;
    }
    this.lines.needsUpdate = true;
  }

  /** @param {THREE.WebGLRenderer} renderer @param {THREE.PerspectiveCamera} camera */
  draw(renderer, camera) {
    if (this.stale) {
      this._aim(camera);
      renderer.setRenderTarget(this.target);
      renderer.render(this.where, this.flat);
      renderer.setRenderTarget(null);
      this.stale = false;
    }
    renderer.render(this.seen, this.flat);
  }

  /** @param {THREE.PerspectiveCamera} camera */
  _aim(camera) {
    const { eye, ahead, right, above } = this.ray;
    const half = Math.tan((camera.fov * Math.PI) / 360);
    camera.updateMatrixWorld();
    camera.matrixWorld.extractBasis(right.value, above.value, ahead.value);
    eye.value.copy(camera.position);
    ahead.value.negate();
    right.value.multiplyScalar(half * camera.aspect);
    above.value.multiplyScalar(half);
  }
}

const LONGITUDES = Array.from({ length: COLUMNS }, (_, column) => ((column + 0.5) / COLUMNS - 0.5) * 2 * Math.PI);
const COSINES = Float64Array.from(LONGITUDES, Math.cos);
const SINES = Float64Array.from(LONGITUDES, Math.sin);

/** @param {string} fragmentShader @param {Record<string, THREE.IUniform>} uniforms */
function whole(fragmentShader, uniforms) {
  const material = new THREE.ShaderMaterial({
    glslVersion: THREE.GLSL3, vertexShader: WHOLE, fragmentShader, uniforms, defines: {},
    depthTest: false, depthWrite: false, blending: THREE.NoBlending,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), material);
  mesh.frustumCulled = false;
  return mesh;
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
