"""Movies."""

from __future__ import annotations

from api.openapi.models.movies import MovieAccepted, MovieRequest, MovieStatus
from api.openapi.operation import Answer, Operation

TAG = "Media"
ROOT = "/media/movies"
ONE = f"{ROOT}/{{movie_id}}"

OPERATIONS = (
    Operation(
        "POST", ROOT, "submitMovie", TAG,
        "Ask for a movie",
        {
            202: Answer(
                "The movie was taken.", MovieAccepted, headers=("Location",),
                links={
                    "status": {
                        "operationId": "getMovie",
                        "parameters": {"movie_id": "$response.body#/id"},
                    }
                },
            )
        },
        errors=(400, 404, 409),
        body=MovieRequest,
        examples={
            "ten minutes": {
                "source": 46, "start": "2019-01-01T06:00:00", "end": "2019-01-01T06:10:00",
                "step_s": 60,
            }
        },
        access="open",
    ),
    Operation(
        "GET", ONE, "getMovie", TAG,
        "How far a movie is",
        {200: Answer("Its state.", MovieStatus)},
        errors=(404,),
        access="open",
    ),
    Operation(
        "DELETE", ONE, "deleteMovie", TAG,
        "Cancel a movie, or delete its file",
        {200: Answer("Its state.", MovieStatus)},
        errors=(404,),
        access="open",
    ),
    Operation(
        "GET", f"{ONE}.mp4", "getMovieFile", TAG,
        "The file of a movie",
        {
            200: Answer("The movie.", media=("video/mp4",), headers=("ETag", "X-Atlas-Provenance")),
            206: Answer("The part that `Range` asks for.", media=("video/mp4",)),
            304: Answer("What the client has is still right."),
        },
        errors=(404, 409, 416),
        access="open",
    ),
)  # fmt: skip
