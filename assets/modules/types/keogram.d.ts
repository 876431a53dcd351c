/* What the server tells of a night, and what the modules of the keogram say to one another.
 * Instants are milliseconds since 1970 in UTC, angles degrees. */
import type { Position } from "geojson";

export type Pair = [number, number];
export type SliceName = "column" | "meridian";
export type AxisName = "pixel" | "lat" | "mlat";
export type ScaleName = "percentile" | "fixed" | "manual";
export type ViewName = "sky" | "map";
export type Provenance = "simulated" | "ingested" | "mixed" | "";

/** Words of a choice, by its name in the address. */
export type Options<Key extends string> = Record<Key, string>;

export interface Choices {
  slice: Options<SliceName>;
  axis: Options<AxisName>;
  scale: Options<ScaleName>;
  gamma: Pair;
  cmap: string;
  /** RGB of the colours from low to high, in base64. */
  tables: Record<string, string>;
}

export interface ArrayFacts {
  name: string;
  limits: Pair | null;
  unit: string;
  alt_km: number;
  cadence_s?: number;
}

export interface Site {
  code: string;
  lat: number;
  lon: number;
  radius_km: number;
  rings: Record<string, Position[]>;
  parallels: Record<string, Position[]>;
}

export interface Track {
  field: string;
  about: string;
  runs: { label: string; colour: string; runs: Pair[] }[];
}

export interface Urls {
  keogram: string;
  frame: string;
  map: string;
  movies: string;
  land: string;
}

/** The opened row of the wall; minutes count from `midnight`. */
export interface NightFacts {
  key: string;
  by: "day" | "night";
  source: number;
  name: string;
  day: string;
  start: string;
  end: string;
  midnight: string;
  provenance: Provenance;
  image: Pair | null;
  runs: Pair[];
  tracks: Track[];
  array: ArrayFacts;
  site: Site | null;
  choices: Choices;
  urls: Urls;
}

/** How a keogram is looked at; null stands for what nobody chose. */
export interface Look {
  slice: SliceName;
  axis: AxisName;
  scale: ScaleName;
  vmin: number | null;
  vmax: number | null;
  log: boolean;
  gamma: number;
  cmap: string;
  view: ViewName;
  forced: boolean;
  at: number | null;
  px: number | null;
  t0: number | null;
  t1: number | null;
}

export interface SkymapFacts {
  kind: string;
  source: string;
  camera: string;
  valid_from: string | null;
  valid_to: string | null;
  forced: boolean;
  approximate: boolean;
  reason: string;
}

type Numbers = (number | null)[];

/** What JSON says of a keogram: /media/keogram/<source>/<day>.json. */
export interface Axes {
  shape: [columns: number, pixels: number, channels?: number];
  times_ms: number[];
  exposure_s: number | number[];
  cadence_s: number;
  units: string;
  provenance: Provenance;
  pixel: Numbers | null;
  latitude_deg: Numbers | null;
  longitude_deg: Numbers | null;
  mlat_deg: Numbers | null;
  mlon_deg: Numbers | null;
  elevation_deg: Numbers | null;
  azimuth_deg: Numbers | null;
  alt_km: number;
  mlt_h: Numbers;
  site_mlon_deg: number | null;
  limits: Pair | null;
  frames: boolean;
  skymap: SkymapFacts | null;
  skymap_refused: string;
}

/** The part of a keogram that is read, and with how many columns. */
export interface Part {
  start: number;
  end: number;
  cadence?: "native" | "minute";
}

export interface Scale {
  limits: Pair;
  log: boolean;
  gamma: number;
  share(value: number): number;
  value(share: number): number;
}

export interface ColourTable {
  bytes: Uint8Array;
  colours: number;
}

export interface ValueTick {
  at: number;
  text: string;
}

export interface ShareTick {
  share: number;
  text: string;
}

/** Which pixel a share of the height shows, 0 at the bottom, and the other way round. */
export interface Vertical {
  axis: AxisName;
  title: string;
  pixelOf(share: number): number;
  shareOf(pixel: number): number | null;
  ticks(most: number): ShareTick[];
}

export interface Cells {
  first: number;
  last: number;
  edges: Float64Array;
  way: number;
}

/** What painting wants to know. */
export interface Paintable {
  start: number;
  end: number;
  vertical: Vertical;
  scale: Scale;
  table: ColourTable;
}

export type Point = [x: number, y: number];

/** Lines over a frame, in parts of its width and height. */
export interface Geometry {
  size: Pair;
  zenith: Point | null;
  labels: Record<string, Point>;
  circles: { elevation_deg: number; lines: Point[][] }[];
  slices: Record<SliceName, Point[][]>;
}

/** What JSON says of a frame: /media/frame/<source>/<time>.json. */
export interface FrameFacts {
  exposure_s: number | number[];
  skymap: SkymapFacts | null;
  geometry: Geometry | null;
}

export interface Shown {
  bitmap: ImageBitmap;
  /** The time that the answer itself tells. */
  time: number | null;
  marks: string[];
  error?: undefined;
  passing?: undefined;
}

export interface NotShown {
  error: string;
  hint?: string;
  /** Nothing of the picture: the server was not there. */
  passing?: boolean;
  bitmap?: undefined;
  time?: undefined;
  marks?: undefined;
}

export type Entry = Shown | NotShown;

/** What is under the cursor, in words; empty where there is none. */
export type Read = Record<"utc" | "mlt" | "lat" | "lon" | "mlat" | "elevation" | "pixel" | "value", string>;

/** Why a choice cannot be made for a keogram; what can be is left out. */
export interface Refusals {
  slice: Partial<Options<SliceName>>;
  axis: Partial<Options<AxisName>>;
  scale: Partial<Options<ScaleName>>;
}

export interface Order {
  source: number;
  start: number;
  end: number;
  cadence: number;
  style: { cmap: string; vmin: number | null; vmax: number | null; log: boolean; gamma: number };
  accept_skymap: boolean;
}

/** What the server says of a movie, or of a question that it did not like. */
export interface Job {
  url?: string;
  state?: "queued" | "running" | "done" | "failed" | "cancelled";
  progress?: number | null;
  frames?: number | null;
  movie?: string | null;
  message?: string;
  error?: string;
  error_message?: string;
  hint?: string;
  silent?: boolean;
}

/** The address of the page, as far as it says how a night is looked at. */
export interface Address {
  read(): string;
  write(look: string): void;
}
