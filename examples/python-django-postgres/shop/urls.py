from django.http import HttpResponse
from django.urls import path

from notes.models import Note
from notes.tasks import note


def index(request):
    note.delay("asked")
    return HttpResponse(f"notes: {Note.objects.count()}")


urlpatterns = [path("", index), path("healthz", lambda request: HttpResponse("ok"))]
