package com.example

import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController

@SpringBootApplication
@RestController
class Prices {
    @GetMapping("/prices")
    fun prices() = mapOf("apples" to 3)
}

fun main(args: Array<String>) {
    runApplication<Prices>(*args)
}
