const secret = require("@corp/secret");

console.log(secret());
