from app import index


def test_apples_have_a_price():
    assert index()["apples"] == 3
