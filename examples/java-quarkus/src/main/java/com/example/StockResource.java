package com.example;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/stock")
public class StockResource {
    @GET
    public String stock() {
        return "12 apples";
    }
}
