package com.example.common;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers requests with text. */
public final class Text {
    private Text() {}

    public static byte[] encode(String text) {
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    public static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] body = encode(text);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
