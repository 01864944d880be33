package com.example.common;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void endsWithALine() {
        assertEquals(7, Text.encode("apples").length);
    }
}
