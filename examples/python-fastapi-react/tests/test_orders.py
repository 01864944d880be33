from fastapi.testclient import TestClient

from app.main import app


def test_orders() -> None:
    assert TestClient(app).get("/api/orders").json() == ["apples", "pears"]
