const check = require("@corp/check");
const { sentence } = require("./main.js");

check(sentence());
