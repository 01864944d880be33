package com.example.orders;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;

import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.MockMvc;

@WebMvcTest
class OrdersTests {
    @Autowired
    MockMvc http;

    @Test
    void listsOrders() throws Exception {
        http.perform(get("/orders")).andExpect(content().string(Matchers.containsString("apples")));
    }
}
