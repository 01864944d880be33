from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

PAGES = Path(__file__).resolve().parent.parent / "web" / "dist"

app = FastAPI()


@app.get("/healthz")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/orders")
def orders() -> list[str]:
    return ["apples", "pears"]


app.mount("/", StaticFiles(directory=PAGES, html=True, check_dir=False), name="pages")
