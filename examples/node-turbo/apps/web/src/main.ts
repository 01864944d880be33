import { createServer } from "node:http";
import { count } from "@letters/words";

const server = createServer((request, response) => {
  response.end(`${count(decodeURI(request.url ?? "").slice(1))} words`);
});

server.listen(Number(process.env.PORT ?? 3000));

process.on("SIGTERM", () => server.close());
