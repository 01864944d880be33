from celery import shared_task

from notes.models import Note


@shared_task
def note(text):
    Note.objects.create(text=text)
