// PostgreSQL with Apache AGE in this process, on a free port of the loopback interface, until it is killed.
// Argument: the folder in which npm installed the packages.
import { createRequire } from "node:module";
import { join } from "node:path";

const load = createRequire(join(process.argv[2], "package.json"));
const { PGlite } = load("@electric-sql/pglite");
const { age } = load("@electric-sql/pglite-age");
const { vector } = load("@electric-sql/pglite-pgvector");
const { PGLiteSocketServer } = load("@electric-sql/pglite-socket");

const db = await PGlite.create({ extensions: { age, vector } });
await db.exec("CREATE EXTENSION age; CREATE EXTENSION vector SCHEMA public");
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0, maxConnections: 100 });
server.addEventListener("listening", (event) => console.log(`listening on port ${event.detail.port}.`));
await server.start();

// While one connection has a transaction open, all others wait. A test that needs two at once would wait forever:
// a query that has waited this long loses its connection, so that the test fails.
const PATIENCE = 15_000;
setInterval(() => {
  const late = server.queryQueue.queue.filter((entry) => Date.now() - entry.timestamp > PATIENCE);
  const ids = new Set(late.map((entry) => entry.handlerId));
  for (const handler of server.handlers) if (ids.has(handler.handlerId)) handler.socket?.destroy();
}, 1000);
