/*
 * The tasks of package.json on a machine that has only Node and npm: what is not installed is installed first, what is
 * generated is generated, then the task runs. Plain JavaScript, since nothing else can be relied on at this point.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${process.versions.node} is too old: 20.19 or later is needed`);

const bin = (name) => `${root}node_modules/.bin/${name}`;
const tasks = {
  install,
  generate,
  build,
  demo() {
    build();
    run(process.execPath, [bin("tsx"), "scripts/demo.ts"]);
  },
  test() {
    generate();
    run(bin("biome"), ["check", "--error-on-warnings", "."]);
    run(bin("tsc"), ["--noEmit", "-p", "tsconfig.json"]);
    run(bin("tsc"), ["--noEmit", "-p", "web/tsconfig.json"]);
    bundle();
    run(bin("vitest"), ["run", ...process.argv.slice(3)]);
  },
  "test:real"() {
    build();
    run(bin("vitest"), ["run", "--config", "vitest.real.config.ts", ...process.argv.slice(3)]);
  },
  bench() {
    build();
    run(bin("tsx"), ["bench/bench.ts", ...process.argv.slice(3)]);
  },
};

const task = tasks[process.argv[2]];
if (!task) fail(`there is no task ${process.argv[2]}; the tasks are ${Object.keys(tasks).join(", ")}`);
task();

function install() {
  const lock = createHash("sha256")
    .update(readFileSync(`${root}package-lock.json`))
    .digest("hex");
  const stamp = `${root}node_modules/.installed-lock`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  // No script of a dependency runs: none is needed, and none is trusted with the machine.
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}

function generate() {
  install();
  for (const name of ["generate-registry", "generate-catalog", "generate-report-page"])
    run(bin("tsx"), [`scripts/${name}.ts`]);
}

function build() {
  generate();
  bundle();
}

function bundle() {
  mkdirSync(`${root}dist`, { recursive: true });
  run(process.execPath, ["scripts/bundle.mjs"]);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
