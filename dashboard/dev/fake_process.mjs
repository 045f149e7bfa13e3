// Starts the fake server as a child process and stops it with its parent.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./fake-server.mjs", import.meta.url));
export const dist = fileURLToPath(new URL("../dist", import.meta.url));

/** Resolves with {url, stop} once it listens. */
export function startFake(env = {}) {
  const port = env.PORT ?? "8090";
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env, PORT: port },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill());
  return new Promise((resolve, reject) => {
    child.stdout.once("data", () => resolve({ url: `http://127.0.0.1:${port}`, stop: () => child.kill() }));
    child.once("exit", (code) => reject(new Error(`the fake server ended with ${code}`)));
  });
}
