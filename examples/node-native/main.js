const features = require("cpu-features");

console.log(`this machine is ${features().arch}`);
