"""What fruit costs."""


def of(name: str) -> int:
    return {"apples": 3}.get(name, 2)
