import { createServer } from "node:http";
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

const server = createServer(async (_request, response) => {
  response.end(JSON.stringify(await prisma.entry.findMany()));
});

server.listen(Number(process.env.PORT ?? 3000));

process.on("SIGTERM", () => server.close());
