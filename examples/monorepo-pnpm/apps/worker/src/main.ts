import { price } from "@shop/prices";

console.log(`yesterday's turnover: ${price(123456)}`);
