package com.example;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Prints the word that an artifact of the private repository holds. */
public final class Word {
    private Word() {}

    public static void main(String[] args) throws IOException {
        try (var word = Word.class.getResourceAsStream("/secret-word.txt")) {
            System.out.println("the word is " + new String(word.readAllBytes(), StandardCharsets.UTF_8).strip());
        }
    }
}
