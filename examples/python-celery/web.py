"""Takes jobs over HTTP."""

from flask import Flask

from tasks import add

app = Flask(__name__)


@app.get("/")
def index():
    return f"jobs: {add.name}"
