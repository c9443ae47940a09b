// npm run prebuild [-- architectures]: writes prebuilds/<platform>-<arch>/strided[.glibc|.musl].node with prebuildify,
// which calls CMake through scripts/prebuild/node-gyp.mjs. On Debian, arm64 is cross-compiled with its
// g++-aarch64-linux-gnu; every other platform is built on that platform.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BuildError, root, run } from './build/run.mjs';

const prebuildify = createRequire(import.meta.url).resolve('prebuildify/bin.js');
const windows = process.platform === 'win32';
const hook = join(import.meta.dirname, 'prebuild', 'node-gyp.mjs');

export async function prebuild(arch = process.arch) {
  const platform = `${process.platform}-${arch}`;
  const folder = join(root, 'build', 'prebuild', platform);
  // prebuildify moves what it finds in build/Release there, and takes the name from the package.json.
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "strided" }');
  const args = ['--napi', '--strip', '--arch', arch, '--cwd', folder, '--out', root];
  if (process.platform === 'linux') args.push('--tag-libc');
  if (arch !== process.arch) args.push('--strip-bin', 'aarch64-linux-gnu-strip');
  args.push('--node-gyp', windows ? `node ${hook}` : hook);
  const code = await run(process.execPath, [prebuildify, ...args], (line) => console.error(line));
  if (code !== 0) throw new BuildError(`prebuild: ${platform} failed; the messages are above`);
}

/** npm runs a script of this name before `build` as well, where it has nothing to do; the title of npm's process tells. */
function isBeforeBuild() {
  if (process.env.npm_lifecycle_event !== 'prebuild') return false;
  try {
    const ask = (pid) => execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return !/^\d+ npm (run|run-script|rum|urn) prebuild\b/.test(ask(Number.parseInt(ask(process.ppid), 10)));
  } catch {
    return true;
  }
}

if (process.argv[1] === import.meta.filename && !isBeforeBuild()) {
  try {
    for (const arch of process.argv.length > 2 ? process.argv.slice(2) : [process.arch]) await prebuild(arch);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
