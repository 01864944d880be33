import { createServer } from "node:http";
import { greeting } from "@desk/greeting";

const server = createServer((request, response) => {
  response.end(greeting(Number(request.url?.slice(1))));
});

server.listen(Number(process.env.PORT ?? 3333));

process.on("SIGTERM", () => server.close());
