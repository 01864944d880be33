package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StockResourceTest {
    @Test
    void counts() {
        assertEquals("12 apples", new StockResource().stock());
    }
}
