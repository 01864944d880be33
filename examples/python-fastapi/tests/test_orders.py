from fastapi.testclient import TestClient

from app.main import app


def test_orders():
    assert "apples" in TestClient(app).get("/orders/").json()
