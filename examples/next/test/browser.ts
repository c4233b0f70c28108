// A Chromium, driven over the HTTP interface of chromedriver (WebDriver).

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "./program";
import { until } from "./until";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export class Browser {
  #driver;
  #session;
  #profile;

  private constructor(driver: Program, session: string, profile: string) {
    this.#driver = driver;
    this.#session = session;
    this.#profile = profile;
  }

  static async start(): Promise<Browser> {
    const [driver, [, port]] = await Program.start(
      ["chromedriver", "--port=0"],
      /started successfully on port (\d+)/,
    );
    const profile = await mkdtemp(join(tmpdir(), "next-test-"));
    try {
      const options = { args: [...ARGS, `--user-data-dir=${profile}`] };
      const logs = { browser: "ALL" };
      const alwaysMatch = { "goog:chromeOptions": options, "goog:loggingPrefs": logs };
      const base = `http://127.0.0.1:${port}/session`;
      const { sessionId } = await call(base, "POST", { capabilities: { alwaysMatch } });
      return new Browser(driver, `${base}/${sessionId}`, profile);
    } catch (error) {
      await driver.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await call(this.#session, "DELETE");
    await this.#driver.stop();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  open(url: string): Promise<void> {
    return call(`${this.#session}/url`, "POST", { url });
  }

  /** Runs a script in the page, and returns what it returns. */
  run<T = unknown>(script: string): Promise<T> {
    return call(`${this.#session}/execute/sync`, "POST", { script, args: [] });
  }

  /** Types into what a CSS selector finds, over what was there. */
  async type(selector: string, text: string): Promise<void> {
    const element = await this.#find(selector);
    await call(`${element}/clear`, "POST", {});
    await call(`${element}/value`, "POST", { text });
  }

  async click(selector: string): Promise<void> {
    await call(`${await this.#find(selector)}/click`, "POST", {});
  }

  /** Waits until the page shows a text, and returns all of its text. */
  async sees(text: string | RegExp): Promise<string> {
    return until(`the page shows ${text}`, async () => {
      const shown = await this.run<string>("return document.body.innerText");
      return shown.search(text) >= 0 ? shown : null;
    });
  }

  path(): Promise<string> {
    return this.run("return location.pathname");
  }

  /** Waits until the page has another path. */
  async arrives(path: RegExp): Promise<void> {
    await until(`the page ${path}`, async () => path.test(await this.path()));
  }

  /** Sets how the page is seen. */
  async look(scheme: "dark" | "light", width: number, height: number): Promise<void> {
    const media = { features: [{ name: "prefers-color-scheme", value: scheme }] };
    await this.#devtools("Emulation.setEmulatedMedia", media);
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.#devtools("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** Writes what is seen to a PNG file. */
  async screenshot(file: string): Promise<void> {
    const image = await call<string>(`${this.#session}/screenshot`, "GET");
    await writeFile(file, Buffer.from(image, "base64"));
  }

  /** What the console has shown since the last time: errors, and what the policy forbids. */
  async errors(): Promise<string[]> {
    const entries = await this.#log<{ level: string; message: string }>("browser");
    return entries.filter(({ level }) => level === "SEVERE").map(({ message }) => message);
  }

  #devtools(cmd: string, params: object): Promise<unknown> {
    return call(`${this.#session}/goog/cdp/execute`, "POST", { cmd, params });
  }

  #log<T>(type: string): Promise<T[]> {
    return call(`${this.#session}/se/log`, "POST", { type });
  }

  async #find(selector: string): Promise<string> {
    const found = await until(`there is ${selector}`, () =>
      call<Record<string, string>>(`${this.#session}/element`, "POST", {
        using: "css selector",
        value: selector,
      }).catch(() => null),
    );
    return `${this.#session}/element/${found[ELEMENT]}`;
  }
}

// What a command answers depends on the command.
async function call<T = any>(url: string, method: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, body: body ? JSON.stringify(body) : null });
  const { value } = (await response.json()) as { value: T & { message?: string } };
  if (!response.ok) throw new Error(`${method} ${url}: ${value.message}`);
  return value;
}
