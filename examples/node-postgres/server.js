const http = require("node:http");
const { Pool } = require("pg");

const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const server = http.createServer(async (request, response) => {
  if (request.url === "/healthz") return response.end("ok");
  await pool.query("INSERT INTO visits DEFAULT VALUES");
  const { rows } = await pool.query("SELECT count(*) FROM visits");
  response.end(`visits: ${rows[0].count}`);
});
server.listen(3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
