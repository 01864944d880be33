const secret = require("@corp/secret");

const sentence = () => `the word is ${secret()}`;

module.exports = { sentence };
if (require.main === module) console.log(sentence());
