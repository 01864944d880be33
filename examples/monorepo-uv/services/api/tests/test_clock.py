import unittest

from clock import hour


class TestClock(unittest.TestCase):
    def test_hour(self):
        self.assertEqual(hour(), 12)
