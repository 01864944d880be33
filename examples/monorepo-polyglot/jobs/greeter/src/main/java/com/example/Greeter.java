package com.example;

import com.google.gson.Gson;
import java.util.Map;

public final class Greeter {
    private Greeter() {}

    static String greeting(String name) {
        return new Gson().toJson(Map.of("hello", name));
    }

    public static void main(String[] args) {
        System.out.println(greeting("world"));
    }
}
