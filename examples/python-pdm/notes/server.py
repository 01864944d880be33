"""Keeps notes in a file of its working folder."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def index(request: Request) -> PlainTextResponse:
    with open("notes.txt", "a") as notes:
        notes.write("asked\n")
    return PlainTextResponse(Path("notes.txt").read_text())


app = Starlette(routes=[Route("/", index)])
