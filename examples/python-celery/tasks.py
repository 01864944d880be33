"""What the worker does."""

from celery import Celery

app = Celery("jobs", broker="memory://")


@app.task(name="add")
def add(x, y):
    return x + y
