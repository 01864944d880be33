"""Says a word that a private package knows."""

import secret_word

print("the word is", secret_word.WORD)
