// `npm run e2e:fake`: the end-to-end tests against the built dashboard on the fake server.
import { spawn } from "node:child_process";
import { dist, startFake } from "./fake_process.mjs";

const fake = await startFake({ DIST: dist, PORT: "8092", QUIET: "1" });
const test = spawn(process.execPath, ["--test", "--test-concurrency=1", "e2e/dashboard.test.mjs", "e2e/owner.test.mjs"], {
  env: { ...process.env, BASE_URL: fake.url },
  stdio: "inherit",
});
test.once("exit", (code) => {
  fake.stop();
  process.exit(code ?? 1);
});
