import unittest

from greet.main import greeting


class GreetingTest(unittest.TestCase):
    def test_names_whom_it_greets(self):
        self.assertEqual(greeting("you"), "Hello, you!")
