"""Orders over HTTP."""

from fastapi import FastAPI

from app.routers import orders

app = FastAPI(title="orders")
app.include_router(orders.router, prefix="/orders")


@app.get("/healthz")
async def health() -> dict[str, str]:
    return {"status": "ok"}
