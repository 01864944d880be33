"""Says the hour and ends."""

from clock import hour


def main() -> None:
    print(f"tick: it is {hour()}")
