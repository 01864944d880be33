const { Client } = require("pg");

const client = new Client({ connectionString: process.env.DATABASE_URL });
client
  .connect()
  .then(() => client.query("CREATE TABLE IF NOT EXISTS visits (id serial)"))
  .then(() => client.end());
