import psycopg
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path


def index(request):
    return render(request, "index.html", {"driver": psycopg.__version__})


urlpatterns = [
    path("", index),
    path("healthz", lambda request: HttpResponse("ok")),
]
