import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { BuildError, root, run, runQuietly } from './run.mjs';
import { requireTools } from './tools.mjs';

const folder = join(root, 'build');
const config = 'Release';

/** Compiles the addon and the native tests with CMake. */
export async function buildNative() {
  requireTools();
  if (!isConfigured()) await configure();
  const progress = new Progress();
  const args = ['--build', folder, '--config', config, '--parallel', String(availableParallelism())];
  const code = await run('cmake', args, (line) => progress.line(line));
  progress.end();
  if (code !== 0) throw new BuildError('build: the native build failed; the messages are above');
}

/** CMake itself notices a changed CMakeLists.txt; this is for a first build and a moved folder. */
function isConfigured() {
  const cache = join(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return false;
  if (!['build.ninja', 'Makefile', 'strided.sln'].some((name) => existsSync(join(folder, name)))) return false;
  const text = readFileSync(cache, 'utf8');
  const value = (name) => new RegExp(`^${name}:\\w+=(.*)$`, 'm').exec(text)?.[1];
  return resolve(value('CMAKE_HOME_DIRECTORY') ?? '') === root && value('CMAKE_BUILD_TYPE') === config;
}

async function configure() {
  rmSync(join(folder, 'CMakeCache.txt'), { force: true });
  rmSync(join(folder, 'CMakeFiles'), { recursive: true, force: true });
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const failure = 'build: CMake could not configure the native build; its messages are above';
  await runQuietly(process.execPath, [cmakeJs, 'configure', '--config', config], failure);
}

/** Shows how far a build is in one line (a line every 15 s in a pipe), and nothing when there was nothing to do. */
class Progress {
  shown = 0;

  line(text) {
    if (/^\[\s*\d+(\/\d+|%)\] (Building|Linking)/.test(text)) return this.step(text);
    if (/^(\[\s*\d+|ninja: no work|make\[\d+\]: \w+ing dir|Consolidate|Scanning|-- )/.test(text)) return;
    this.clear();
    console.error(text);
  }

  step(text) {
    const brief = text.replace(/\](.*?) \S*?([^/\s]+\/[^/\s]+)$/, ']$1 $2').replace(/CMakeFiles.*\//, '');
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${brief.slice(0, process.stderr.columns - 1)}`);
    else if (Date.now() - this.shown > 15_000) console.error(`build: ${brief}`);
    else return;
    this.shown = Date.now();
  }

  clear() {
    if (this.shown && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }

  end() {
    this.clear();
  }
}
