/* What `/media/moment` answers: who is where at a minute. Lines are flat: lat, lon, lat, lon, ... in
 * degrees, longitudes from -180 to 180 and not cut at the date line. */

export type LatLon = (number | null)[];

export interface Site {
  id: number;
  program: string;
  platform: string;
  code: string;
  name: string;
  array: string | null;
  lat: number | null;
  lon: number | null;
  alt_m: number | null;
  operating: boolean;
  in_lifetime: boolean;
  provenance: string | null;
  fov_alt_km: number | null;
  fov: LatLon | null;
}

export interface Stretch {
  minutes: number[];
  latlon: LatLon;
  alt_km?: (number | null)[];
}

export interface Footprint {
  lat: number | null;
  lon: number | null;
  trail: Stretch[];
}

export interface Spacecraft {
  id: number;
  program: string;
  platform: string;
  name: string;
  type: string;
  provenance: string;
  lat: number | null;
  lon: number | null;
  alt_km: number | null;
  trail: Stretch[];
  north: Footprint;
  south: Footprint;
}

export interface Moment {
  time: string;
  trail_min: number;
  alt_km: number;
  latitudes: string;
  provenance: string;
  imagers: { operating: number; in_lifetime: number; of: number };
  sites: Site[];
  fleet: { shown: number; in_lifetime: number; of: number };
  spacecraft: Spacecraft[];
  sun: { lat: number; lon: number };
  terminators: { alt_km: number; latlon: LatLon }[];
  magnetic: {
    alt_km: number;
    poles: Record<"north" | "south", { lat: number; lon: number }>;
    lines: { mlat: number; latlon: LatLon }[];
  } | null;
}
