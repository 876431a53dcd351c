"""Where the stations are. Cameras of several arrays share a station and its coordinates.

Geodetic latitudes and longitudes of the University of Calgary's observatory list; Gillam and
Kuujjuaq to the precision of the AuroraX records. Published lists differ by up to 20 km for
Athabasca and Lucky Lake from one array to the next; here instruments of one station have one
position, because a search for instruments at the same place (distance 0) compares positions.
"""

from __future__ import annotations

from datetime import date

from core.instruments.array import Site

STATIONS: dict[str, tuple[str, float, float, float]] = {
    "atha": ("athabasca", 54.60, -113.64, 560.0),
    "chbg": ("chibougamau", 49.81, -74.42, 380.0),
    "ekat": ("ekati", 64.73, -110.67, 460.0),
    "fsim": ("fort simpson", 61.76, -121.27, 170.0),
    "fsmi": ("fort smith", 60.03, -111.93, 205.0),
    "fykn": ("fort yukon", 66.56, -145.21, 135.0),
    "gako": ("gakona", 62.41, -145.16, 585.0),
    "gbay": ("goose bay", 53.32, -60.46, 45.0),
    "gill": ("gillam", 56.376723, -94.643664, 135.0),
    "inuv": ("inuvik", 68.41, -133.77, 100.0),
    "kakt": ("kaktovik", 70.13, -143.62, 10.0),
    "kapu": ("kapuskasing", 49.39, -82.32, 235.0),
    "kian": ("kiana", 66.97, -160.44, 50.0),
    "kuuj": ("kuujjuaq", 58.109171, -68.411414, 40.0),
    "luck": ("lucky lake", 51.15, -107.26, 690.0),
    "lyrn": ("longyearbyen", 78.15, 16.04, 520.0),
    "mcgr": ("mcgrath", 62.95, -155.60, 105.0),
    "nrsq": ("narsarsuaq", 61.16, -45.44, 25.0),
    "pgeo": ("prince george", 53.76, -122.85, 690.0),
    "pina": ("pinawa", 50.26, -95.87, 270.0),
    "rabb": ("rabbit lake", 58.23, -103.68, 420.0),
    "rank": ("rankin inlet", 62.82, -92.11, 30.0),
    "resu": ("resolute bay", 74.70, -94.83, 145.0),
    "sach": ("sachs harbour", 71.99, -125.26, 80.0),
    "snap": ("snap lake", 63.56, -110.87, 450.0),
    "snkq": ("sanikiluaq", 56.54, -79.23, 30.0),
    "talo": ("taloyoak", 69.54, -93.56, 30.0),
    "tpas": ("the pas", 53.99, -100.94, 260.0),
    "whit": ("whitehorse", 60.62, -135.01, 700.0),
    "yknf": ("yellowknife", 62.52, -114.31, 200.0),
}


def at_station(code: str, identifier: int, start: date, end: date | None = None) -> Site:
    """Return a site at the station of this four-letter code."""
    platform, lat_deg, lon_deg, alt_m = STATIONS[code]
    return Site(code, platform, lat_deg, lon_deg, alt_m, identifier, start, end)
