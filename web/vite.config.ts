import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig, minifySync, type Plugin } from "vite";
import { read } from "./src/engine/calls.ts";

/** Tells the service worker what there is to keep, under a version that is what the files are. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    // Last: the page itself is part of a version, too.
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const own = new URL("public/", import.meta.url);
        const kept = readdirSync(own).toSorted();
        const files = [...Object.keys(bundle).filter((name) => name !== "index.html"), ...kept];
        const hash = createHash("sha256");
        for (const name of Object.keys(bundle).toSorted()) {
          const file = bundle[name];
          if (file === undefined) continue;
          hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        }
        for (const name of kept) hash.update(name).update(readFileSync(new URL(name, own)));
        const source = readFileSync(new URL("src/offline/sw.js", import.meta.url), "utf8");
        const version = hash.update(source).digest("hex").slice(0, 16);
        const list = JSON.stringify(["./", ...files]);
        this.emitFile({
          type: "asset",
          fileName: "sw.js",
          source: minifySync("sw.js", `const VERSION = "${version}";\nconst FILES = ${list};\n${source}`).code,
        });
      },
    },
  };
}

/** The default release's preview, made by the build, is shown while the engine loads. */
function first(): Plugin {
  const file = new URL("src/engine/first.txt", import.meta.url);
  const name = "virtual:first";
  return {
    name: "first",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => {
      if (id !== `\0${name}`) return undefined;
      return `export default ${existsSync(file) ? JSON.stringify(read(readFileSync(file, "utf8"))) : "null"};`;
    },
  };
}

export default defineConfig({
  // Relative: the folder is served under any path.
  base: "./",
  plugins: [first(), offline()],
  build: {
    target: "es2022",
    // Nothing inline: the page's policy allows files of its own alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
});
