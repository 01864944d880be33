package com.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Pages extends SpringBootServletInitializer {
    public static void main(String[] args) {
        SpringApplication.run(Pages.class, args);
    }

    @GetMapping("/hello")
    String hello() {
        return "hello from a war";
    }
}
