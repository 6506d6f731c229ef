// test/support/site.ts
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
var DIST = fileURLToPath(new URL("./dist", import.meta.url));
var types = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml"
};
async function serveSite() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    void answer(pathname.endsWith("/") ? `${pathname}index.html` : pathname, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections())
  };
}
async function answer(pathname, response) {
  const file = join(DIST, normalize(decodeURIComponent(pathname)));
  try {
    const content = await readFile(file);
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(content);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found");
  }
}

// test/support/browser.ts
import { accessSync, constants } from "node:fs";
import { delimiter, join as join2 } from "node:path";
import { chromium } from "playwright-core";
var names = ["chromium", "chromium-browser", "google-chrome"];
var chromiumPath = (process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => names.map((name) => join2(folder, name))).find(isExecutable);
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
function startBrowser() {
  return chromium.launch({
    executablePath: chromiumPath ?? "",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  });
}

// shots.tmp.mts
var site = await serveSite();
var browser = await startBrowser();
var only = process.argv[2] ?? "";
var steps = {
  index: async () => {
  },
  verify: async () => {
  },
  "verify-good": async (p) => {
    await p.getByRole("button", { name: "Conway, mainnet, 2024" }).click();
    await p.locator(".report").waitFor();
  },
  "verify-vrf": async (p) => {
    await p.getByRole("button", { name: "First block" }).click();
    await p.locator(".report").waitFor();
  },
  "verify-bad": async (p) => {
    await p.getByRole("button", { name: "Broken" }).click();
    await p.locator(".report").waitFor();
  },
  "verify-cert": async (p) => {
    await p.getByRole("button", { name: "A certificate" }).click();
    await p.locator(".report").waitFor();
  },
  "verify-chunk": async (p) => {
    await p.getByRole("button", { name: "A chunk" }).click();
    await p.getByText("All headers are checked").waitFor({ state: "attached" });
  },
  "verify-secret": async (p) => {
    await p.locator("textarea").fill("5820" + "11".repeat(32));
    await p.getByRole("button", { name: "Check", exact: true }).click();
    await p.getByRole("alert").waitFor();
  },
  tree: async () => {
  },
  "tree-5": async (p) => {
    for (let i = 0; i < 5; i++) await p.getByRole("button", { name: "Evolve" }).click();
    await p.getByRole("button", { name: "Sign" }).click();
    await p.getByRole("button", { name: "Verify" }).click();
  }
};
for (const [name, act] of Object.entries(steps)) {
  if (!name.match(only)) continue;
  for (const [w, h] of [[360, 740], [768, 1024], [1280, 900]]) for (const scheme of ["light", "dark"]) {
    if (process.argv[3] && !`${w}-${scheme}`.match(process.argv[3])) continue;
    const c = await browser.newContext({ viewport: { width: w, height: h }, colorScheme: scheme });
    const p = await c.newPage();
    p.on("console", (m) => console.log(name, w, m.type(), m.text()));
    p.on("pageerror", (e) => console.log("ERR", e.message));
    p.on("request", (r) => {
      if (!r.url().startsWith(site.origin)) console.log("OTHER", r.url());
    });
    await p.goto(`${site.origin}/${name.split("-")[0]}.html`);
    await act(p);
    console.log(name, w, scheme, await p.evaluate("document.documentElement.scrollWidth"));
    await p.screenshot({ path: `/tmp/shots/${name}-${w}-${scheme}.png`, fullPage: true });
    await c.close();
  }
}
await browser.close();
await site.close();
