"""Fruit with its prices."""

import bottle
import prices

app = bottle.Bottle()


@app.route("/")
def index():
    return {name: prices.of(name) for name in ("apples", "pears")}
