package com.example.stock;

import com.example.common.Text;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(8090), 0);
        server.createContext("/stock", exchange -> Text.answer(exchange, "12 apples"));
        server.start();
    }
}
