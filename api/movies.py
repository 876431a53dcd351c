"""Movies by address: asked for, watched, fetched and cancelled.

``POST /media/movies`` with a JSON object (`core.movies.MovieQuery`) answers 202 with the movie's
address; ``GET`` there says how far it is, ``GET`` with ``.mp4`` gives the file, in parts where a
player asks for parts, and ``DELETE`` cancels it or deletes the file.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

import flask

from api import clients, inputs
from api.answers import answer
from api.media_answers import PROVENANCE_HEADER

if TYPE_CHECKING:
    from core.observatory import Observatory

ROOT = "/media/movies"


def blueprint(observatory: Observatory) -> flask.Blueprint:
    """Return the routes under ``/media/movies``."""
    routes = flask.Blueprint("movies", __name__, url_prefix=ROOT)
    handlers = Movies(observatory)
    for rule, method, view in (
        ("", "POST", handlers.submit),
        ("/<uuid:movie_id>.mp4", "GET", handlers.file),
        ("/<uuid:movie_id>", "GET", handlers.status),
        ("/<uuid:movie_id>", "DELETE", handlers.cancel),
    ):
        routes.add_url_rule(rule, view.__name__, view, methods=[method])
    return routes


class Movies:
    """Handlers over the movies of one observatory."""

    def __init__(self, observatory: Observatory) -> None:
        self.observatory, self.service = observatory, observatory.movies

    def submit(self) -> flask.Response:
        """Take a movie and say where its status is."""
        movie_id = self.service.submit(inputs.json_object(), client=clients.address())
        response = answer({"id": movie_id, "url": f"{ROOT}/{movie_id}"}, 202)
        response.headers["Location"] = f"{ROOT}/{movie_id}"
        return response

    def status(self, movie_id: UUID) -> flask.Response:
        """Say how far a movie is."""
        return _fresh(answer(self._document(movie_id)))

    def cancel(self, movie_id: UUID) -> flask.Response:
        """Cancel a movie, or delete the file of one that is made; say how it is then."""
        self.service.cancel(str(movie_id))
        return _fresh(answer(self._document(movie_id)))

    def file(self, movie_id: UUID) -> flask.Response:
        """Return the file, or the part of it that is asked for."""
        path = self.service.file(str(movie_id))
        response = flask.send_file(
            path, mimetype="video/mp4", conditional=True, download_name=f"movie-{movie_id}.mp4"
        )
        response.headers[PROVENANCE_HEADER] = self._provenance(movie_id)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            response.close()  # nothing reads the file that is open behind it
        return response

    def _document(self, movie_id: UUID) -> dict[str, Any]:
        document = self.service.status(str(movie_id))
        made = document["available"]
        return document | {"movie": f"{ROOT}/{document['id']}.mp4" if made else None}

    def _provenance(self, movie_id: UUID) -> str:
        return self.service.provenance(str(movie_id))


def _fresh(response: flask.Response) -> flask.Response:
    response.cache_control.no_store = True
    return response
