#!/usr/bin/env node
// What prebuildify takes for node-gyp: `rebuild --arch=x64 …` builds the addon with CMake, and puts it and the runtime of
// OpenMP into build/Release of the folder it is called in.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withLock } from '../build/lock.mjs';
import { buildNative } from '../build/native.mjs';
import { BuildError, root, runQuietly } from '../build/run.mjs';
import { openmpRuntime } from './openmp.mjs';

const arch = process.argv.find((word) => word.startsWith('--arch='))?.slice('--arch='.length) ?? process.arch;
const release = join(process.cwd(), 'build', 'Release');

try {
  const binary = await withLock(() => (arch === process.arch ? buildHere() : cross()));
  mkdirSync(release, { recursive: true });
  copyFileSync(binary, join(release, 'strided.node'));
  // Other builds are without OpenMP (CMakeLists.txt).
  const { glibcVersionRuntime } = process.report.getReport().header;
  if (glibcVersionRuntime) copyFileSync(await openmpRuntime(arch), join(release, 'libgomp.so.1'));
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function buildHere() {
  await buildNative();
  return join(root, 'build', 'Release', 'strided.node');
}

async function cross() {
  if (process.platform !== 'linux' || arch !== 'arm64')
    throw new BuildError(`prebuild: only linux-arm64 is cross-compiled, not ${process.platform}-${arch}`);
  const out = join(process.cwd(), 'cmake');
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const toolchain = join(import.meta.dirname, 'aarch64-linux-gnu.cmake');
  const args = ['build', '--arch', arch, '--out', out, '--target', 'strided', `--CDCMAKE_TOOLCHAIN_FILE=${toolchain}`];
  await runQuietly(process.execPath, [cmakeJs, ...args], `prebuild: the build for ${arch} failed`);
  return join(out, 'Release', 'strided.node');
}
