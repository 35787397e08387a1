// WebKitGTK by its own driver, in plain HTTP as WebDriver says. It has no mode without a window, so it gets a screen of its
// own, in memory (Xvfb).

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { end, find, within } from "./programs.mjs";

const STARTING_MS = 20_000;
const LOADING_MS = 60_000;
const CLOSING_MS = 5_000;
/** Who asks sets a limit of their own; this is only for a driver that was left alone. */
const EVALUATING_MS = 3_600_000;

export async function launchWebKit(program) {
  const screen = await startScreen();
  const port = await freePort();
  const driver = spawn(program, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: screen.display, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1" },
    stdio: "ignore",
    detached: true,
  });
  const leave = () => {
    end(driver);
    end(screen.child);
  };
  // Nothing stays behind when this process ends early.
  process.once("exit", leave);
  try {
    const ask = asking(`http://127.0.0.1:${port}`);
    await within(STARTING_MS, "starting WebKitWebDriver", untilReady(ask, driver));
    const { sessionId, capabilities } = await within(
      STARTING_MS, "starting WebKitGTK", ask("POST", "/session", { capabilities: { alwaysMatch: {} } }));
    const session = `/session/${sessionId}`;
    await ask("POST", `${session}/timeouts`, { script: EVALUATING_MS, pageLoad: LOADING_MS });
    return wrap((method, path, body) => ask(method, session + path, body), capabilities, () => {
      process.off("exit", leave);
      leave();
    });
  } catch (error) {
    leave();
    throw error;
  }
}

async function startScreen() {
  const program = find("CW_XVFB", ["Xvfb"]);
  if (program === undefined) throw new Error("WebKitGTK needs Xvfb: install it, or name it in CW_XVFB");
  // It finds a free number by itself, and says which when it is ready.
  const child = spawn(program, ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    detached: true,
  });
  try {
    const [said] = await within(STARTING_MS, "starting Xvfb", Promise.race([
      once(child.stdio[3], "data"),
      once(child, "exit").then(() => {
        throw new Error("Xvfb ended");
      }),
    ]));
    return { child, display: `:${String(said).trim()}` };
  } catch (error) {
    end(child);
    throw error;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function asking(base) {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value?.error}: ${value?.message}`);
    return value;
  };
}

async function untilReady(ask, driver) {
  for (;;) {
    if (driver.exitCode !== null) throw new Error(`WebKitWebDriver ended with ${driver.exitCode}`);
    try {
      await ask("GET", "/status");
      return;
    } catch {
      await sleep(50);
    }
  }
}

/** Text that runs in the page, as it stands: a page's policy may allow no `eval`. A promise is waited for. */
const call = (work) => `
  const done = arguments[arguments.length - 1];
  const given = arguments[0];
  Promise.resolve().then(() => (${work})(...given))
    .then((value) => done({ value }), (error) => done({ error: String(error) + "\\n" + (error?.stack ?? "") }));
`;

function wrap(ask, capabilities, leave) {
  let isFirst = true;
  return {
    version: capabilities.browserVersion,
    async open(url) {
      // The session begins with a window.
      const handle = isFirst ? await ask("GET", "/window") : (await ask("POST", "/window/new", { type: "window" })).handle;
      isFirst = false;
      // One window is asked at a time: all of a session's commands go to the chosen one.
      const here = () => ask("POST", "/window", { handle });
      await here();
      await ask("POST", "/url", { url });
      return {
        async evaluate(work, ...given) {
          await here();
          const { value, error } = await ask("POST", "/execute/async", { script: call(work), args: [given] });
          if (error !== undefined) throw new Error(error);
          return value ?? undefined;
        },
        async close() {
          await here();
          await ask("DELETE", "/window");
        },
      };
    },
    async close() {
      await within(CLOSING_MS, "closing WebKitGTK", ask("DELETE", "")).catch(() => {});
      leave();
    },
  };
}
