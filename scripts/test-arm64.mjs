// npm run test:arm64: the binary for linux-arm64, cross-compiled, under qemu's emulation with the arm64 Node of the npm
// registry: the native tests (its kernels are those of NEON) and the notebooks. Takes Debian's g++-aarch64-linux-gnu and
// qemu-user. jest does not run there: it brings binaries of its own, of this machine.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { provideNode } from './build/nodes.mjs';
import { BuildError, hasProgram, root } from './build/run.mjs';
import { build } from './build.mjs';
import { expectedOutputs } from './package/programs.mjs';
import { prebuild } from './prebuild.mjs';

const libraries = '/usr/aarch64-linux-gnu';
const folder = join(root, 'build', 'prebuild', 'linux-arm64');
const binary = join(root, 'prebuilds', 'linux-arm64', 'strided.glibc.node');

try {
  if (!hasProgram('qemu-aarch64') || !hasProgram('aarch64-linux-gnu-g++') || !existsSync(libraries))
    throw new BuildError('arm64: not tried, this takes apt-get install g++-aarch64-linux-gnu qemu-user');
  await build(['examples']);
  await prebuild('arm64');
  execFileSync('cmake', ['--build', join(folder, 'cmake'), '--target', 'strided_test'], { stdio: 'ignore' });
  process.stdout.write(emulate([join(folder, 'cmake', 'strided_test')]));
  const node = await provideNode('22', 'arm64');
  const notebooks = Object.entries(expectedOutputs());
  const failed = notebooks.filter(([name, expected]) => {
    const printed = emulate([node, join(root, 'build', 'examples', 'notebooks', `${name}.js`)]);
    return printed.replaceAll(/ at 0x[0-9a-f]+>/g, ' at 0xADDRESS>') !== expected;
  });
  for (const [name] of failed) console.error(`arm64: ${name} does not print what PyTorch prints`);
  console.log(`arm64: ${notebooks.length - failed.length} notebooks passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function emulate(command) {
  const env = { ...process.env, STRIDED_BINARY: binary };
  return execFileSync('qemu-aarch64', ['-L', libraries, ...command], { env, encoding: 'utf8', stdio: 'pipe' });
}
