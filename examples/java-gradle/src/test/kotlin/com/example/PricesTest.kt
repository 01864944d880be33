package com.example

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class PricesTest {
    @Test
    fun knowsApples() = assertEquals(3, Prices().prices()["apples"])
}
