"""Every setting and limit, each with a sentence; `docs/reference/settings.md` lists the same.

A setting is read from the environment variable ``ATLAS_<NAME>``. `HOST` and `PORT` are read
without the prefix as well, because that is what hosting platforms set.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import BadInput


class Settings(BaseSettings):
    """What an operator may choose."""

    model_config = SettingsConfigDict(env_prefix="ATLAS_", frozen=True, extra="ignore")

    archive: Path = Field(
        Path("var/archive"), description="Folder that holds tables, catalogue and images."
    )
    catalogue_url: str = Field(
        "",
        description="SQLAlchemy URL of the catalogue; empty means catalogue.sqlite in the archive.",
    )
    host: str = Field(
        "127.0.0.1",
        validation_alias=AliasChoices("ATLAS_HOST", "HOST"),
        description="Address that the web server binds to.",
    )
    port: int = Field(
        8050,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("ATLAS_PORT", "PORT"),
        description="Port that the web server binds to.",
    )
    threads: int = Field(8, ge=1, description="Threads of each web server process.")
    web_processes: int = Field(1, ge=1, description="Web server processes over one archive.")
    render_processes: int = Field(
        2,
        ge=0,
        description="Processes with which a web server process renders simulated keograms; 0 "
        "renders them in its own threads.",
    )
    cache_url: str = Field(
        "",
        description="Redis URL of the cache that web processes share, such as "
        "redis://127.0.0.1:6379/0; empty means the memory of each process.",
    )
    cache_items: int = Field(
        500, ge=1, description="Most pictures that a process keeps in its memory."
    )
    cache_seconds: int = Field(
        86_400, ge=1, description="Seconds for which a picture is kept in the cache."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("console", description="console for people, json for machines.")

    track_index: bool = Field(
        True,
        validation_alias=AliasChoices("track_index", "ATLAS_INDEX"),
        description="Whether searches keep and use a track index; off reads the tables alone.",
    )
    index_folder: Path | None = Field(
        None,
        description="Folder on this machine for the track index; unset means index in the archive.",
    )
    index_open_files: int = Field(
        400, ge=1, description="Most files of the track index that a process keeps open."
    )

    max_index_bytes: int = Field(
        32 * 2**30,
        ge=0,
        description="Most bytes that the track index takes on disk; where it is full, the years "
        "before the latest have none.",
    )
    index_when_idle: bool = Field(
        True,
        description="Whether an idle worker makes the track index of what has none, at the "
        "lowest priority.",
    )

    session_timeout_s: float = Field(
        1800.0, gt=0, description="Seconds after which a session that is not used has ended."
    )
    max_wrong_passwords: int = Field(
        10,
        ge=1,
        description="Wrong passwords for one name after which none is tried for a while; from "
        "one address ten times as many.",
    )
    wrong_password_window_s: float = Field(
        900.0, gt=0, description="Seconds for which a wrong password is counted."
    )
    max_body_bytes: int = Field(
        2 * 2**20, ge=1024, description="Largest request body that is read, in bytes."
    )
    max_upload_bytes: int = Field(
        25 * 2**20,
        ge=1024,
        description="Largest body of an upload of records, in bytes; other bodies have "
        "ATLAS_MAX_BODY_BYTES.",
    )
    max_blocks: int = Field(10, ge=2, description="Most criteria blocks of a conjunction search.")
    max_conjunction_days: int = Field(
        3700, ge=1, description="Longest span of a conjunction search, in days."
    )
    max_pair_minutes: int = Field(
        20_000_000_000,
        ge=1,
        description="Most source-pair minutes with records that one search may compare.",
    )
    max_ephemeris_days: int = Field(
        31, ge=1, description="Longest span of an ephemeris search, in days."
    )
    max_product_days: int = Field(
        3660, ge=1, description="Longest span of a data product search, in days."
    )
    max_results: int = Field(
        1_000_000, ge=1, description="Most rows that one search may find before it is refused."
    )
    max_url_bytes: int = Field(
        8000,
        ge=256,
        le=8000,
        description="Longest path and query of a request, in bytes; the server itself reads no "
        "more than 8190.",
    )
    max_requests_per_minute: int = Field(
        1200,
        ge=1,
        description="Most requests a minute of one account or address to /api, /exports and "
        "/hapi; as many may come at once after a pause.",
    )
    max_requests_at_once: int = Field(
        6,
        ge=1,
        description="Most requests of one account or address to /api, /exports and /hapi that "
        "are answered at one time.",
    )
    throttle_local: bool = Field(
        False,
        description="Whether the two limits above hold for clients on this machine too.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Number of proxies in front whose X-Forwarded-For names the client; 0 "
        "believes no such header.",
    )
    maintenance: bool = Field(
        False,
        description="Maintenance mode: data sources and records cannot be changed, and slow=true "
        "is refused; searches go on.",
    )
    max_answer_rows: int = Field(
        1_000_000,
        ge=1,
        description="Most rows of one answer with results; more are asked for in parts, with "
        "limit and offset.",
    )
    search_kernel: Literal["numba", "numpy"] = Field(
        "numba",
        description="What compares positions: numba (compiled), or numpy, which is also taken "
        "where numba does not work.",
    )
    search_executor: Literal["serial", "threads"] = Field(
        "threads", description="How the years of a search run: one after the other, or in threads."
    )
    search_threads: int = Field(
        0, ge=0, description="Threads of one search; 0 means one a processor."
    )
    kernel_folder: Path | None = Field(
        None,
        description="Folder that keeps the compiled search kernel; when not set, beside the "
        "program's code, or in the user's cache where that is read only.",
    )
    max_queued_searches: int = Field(
        20, ge=1, description="Most searches waiting for the worker at one time."
    )
    max_searches_per_client: int = Field(
        8, ge=1, description="Most searches of one client that wait or run at one time."
    )
    inline_pair_minutes: int = Field(
        50_000_000,
        ge=0,
        description="Searches priced at no more source-pair minutes than this are answered by "
        "the web process itself; larger ones go to the worker.",
    )
    max_filter_cache_bytes: int = Field(
        128 * 2**20,
        ge=0,
        description="Most bytes of bitmaps of filters that a process keeps for the next search.",
    )
    result_days: float = Field(
        7.0, gt=0, description="Days after which the results of a search are deleted."
    )
    job_days: float = Field(
        90.0,
        gt=0,
        description="Days after which a search or movie that has ended is forgotten, log and all.",
    )
    lease_seconds: float = Field(
        15.0, gt=0, description="Seconds without a heartbeat after which a job is taken up again."
    )
    contact: str = Field(
        "operator@localhost",
        min_length=1,
        description="Whom clients of HAPI are told to write to about this server.",
    )
    hapi_server_id: str = Field(
        "AuroraAtlas",
        min_length=1,
        description="Name of this server among HAPI servers, best with that of its organisation.",
    )
    max_hapi_rows: int = Field(
        1_000_000, ge=1, description="Most records that one HAPI request may ask for."
    )
    commit_retries: int = Field(
        50, ge=1, description="Times that a table write is tried again after a conflict."
    )
    max_wall_rows: int = Field(
        500, ge=1, description="Most keogram rows on one page of the Keogramist."
    )
    max_frame_file_bytes: int = Field(
        256 * 2**20,
        ge=2**20,
        description="Largest content of one imager or track file when unpacked, in bytes.",
    )
    max_skymap_file_bytes: int = Field(
        64 * 2**20, ge=2**20, description="Largest skymap file that is read, in bytes."
    )
    max_grid_file_bytes: int = Field(
        512 * 2**20,
        ge=2**20,
        description="Largest content of one file of grids when unpacked, in bytes.",
    )
    max_decoded_frame_bytes: int = Field(
        256 * 2**20,
        ge=2**20,
        description="Most memory for the images of imager files that were read last, in bytes.",
    )
    max_grid_frame_bytes: int = Field(
        192 * 2**20,
        ge=2**20,
        description="Most memory for the frames that grids and maps were made of last, in bytes.",
    )
    max_picture_width: int = Field(
        4096, ge=1, description="Widest picture that is drawn of a keogram, in pixels."
    )
    max_picture_height: int = Field(
        2048, ge=1, description="Highest picture that is drawn of a keogram, in pixels."
    )
    max_keogram_days: float = Field(
        31.0, gt=0, description="Longest window that is drawn as one keogram, in days."
    )
    max_keogram_values: int = Field(
        20_000_000,
        ge=1,
        description="Most values of one keogram that are delivered as numbers (.bin, .json).",
    )
    max_slice_frames: int = Field(
        3000, ge=1, description="Most observed frames that one slice is made from on request."
    )
    max_frame_size: int = Field(
        2048, ge=16, description="Largest picture that is drawn of a frame or a map, in pixels."
    )
    max_map_radius_km: float = Field(
        5000.0, gt=0, description="Largest distance from the centre of a map to its edge, in km."
    )
    max_render_cache_bytes: int = Field(
        2 * 2**30,
        ge=0,
        description="Most bytes of rendered keograms that are kept in the archive; 0 keeps none.",
    )
    max_movie_frames: int = Field(3000, ge=1, description="Most frames of one movie.")
    max_movie_size: int = Field(
        1080, ge=16, description="Largest width and height of a movie, in pixels."
    )
    max_queued_movies: int = Field(
        10, ge=1, description="Most movies waiting for the worker at one time."
    )


def read_settings() -> Settings:
    """Return the settings that the environment names.

    Raises
    ------
    core.errors.BadInput
        A variable holds what its setting cannot be; the message names the variable. Details:
        `field` (the variable), `value`.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        variable, value = _variable(str(first["loc"][0])), first["input"]
        raise BadInput(
            f"{variable} is {value!r}: {first['msg'][:1].lower()}{first['msg'][1:]}.",
            hint="docs/reference/settings.md lists the settings.",
            field=variable,
            value=value,
        ) from error


def _variable(place: str) -> str:
    """Return the environment variable that set what pydantic names `place`."""
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices) and place in alias.choices:
            names = [str(name) for name in alias.choices]
            return next((name for name in names if name in os.environ), names[0])
    return f"ATLAS_{place.upper()}"
