// The built folder, served under a path of its own as any static host might; and by the program, as it embeds it.
import { spawn } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};

/** Serves a folder at `/some/path/` of a free port on loopback, and counts what is asked for. What has a hash in its name never changes. */
export async function serve(folder, path = "/some/path/") {
  const asked = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const name = url.pathname.startsWith(path) ? url.pathname.slice(path.length) || "index.html" : null;
    const file = name === null ? "" : join(folder, normalize(decodeURIComponent(name)));
    if (name === null || !file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    asked.push(name);
    const age = name.startsWith("assets/") ? "max-age=31536000, immutable" : "no-cache";
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "cache-control": age });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.address().port}${path}`,
    // Browsers keep connections open.
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Lets the program serve the page that it embeds, on a free port of loopback. */
export async function serveByProgram(rqchart) {
  const program = spawn(rqchart, ["serve", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface(program.stdout);
  const url = await new Promise((resolve, reject) => {
    lines.once("line", resolve);
    lines.once("close", () => reject(new Error("rqchart serve has ended")));
  });
  return { url, close: () => program.kill() };
}
