from django.test import SimpleTestCase


class HealthTest(SimpleTestCase):
    def test_answers(self):
        self.assertEqual(self.client.get("/healthz").content, b"ok")
