// `npm run dev:fake`: the development server in front of the fake.
import { createServer } from "vite";
import { startFake } from "./fake_process.mjs";

const fake = await startFake();
process.env.STEWARD_URL = fake.url;
const server = await createServer();
await server.listen();
server.printUrls();
