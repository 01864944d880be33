"""Greets whoever is named, else everybody."""

import sys

import cowsay


def greeting(name: str) -> str:
    return f"Hello, {name}!"


def main() -> None:
    cowsay.cow(greeting(sys.argv[1] if len(sys.argv) > 1 else "everybody"))
