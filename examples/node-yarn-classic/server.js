const http = require("node:http");
const ms = require("ms");

const server = http.createServer((request, response) => {
  response.end(`an hour has ${ms("1h")} milliseconds`);
});

server.listen(process.env.PORT || 3000);

process.on("SIGTERM", () => server.close());
