// `npm run e2e:fake`: the end-to-end test against the built dashboard on the fake server.
import { spawn } from "node:child_process";
import { dist, startFake } from "./fake_process.mjs";

const fake = await startFake({ DIST: dist, PORT: "8092", QUIET: "1" });
const test = spawn(process.execPath, ["--test", "e2e/dashboard.test.mjs"], {
  env: { ...process.env, BASE_URL: fake.url },
  stdio: "inherit",
});
test.once("exit", (code) => {
  fake.stop();
  process.exit(code ?? 1);
});
