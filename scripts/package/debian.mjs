import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram, root } from '../build/run.mjs';

const suite = 'bullseye';
const home = join(root, 'build', 'debian', suite);

/** Why there can be no such system here; undefined where there can. */
export function whyNoDebian() {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid() !== 0) return 'only root may change the root folder';
  if (!hasProgram('debootstrap')) return 'debootstrap is not installed';
  return undefined;
}

/**
 * A minimal Debian 11, older than what builds here and without compiler, with this Node and a copy of `folder` in it, made
 * once by debootstrap. Returns a function that runs a program of the folder there, and gives what it printed.
 */
export function enterDebian(node, folder) {
  if (!existsSync(home)) {
    const part = `${home}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    execFileSync('debootstrap', ['--variant=minbase', suite, part], { stdio: 'pipe', maxBuffer: 1 << 26 });
    renameSync(part, home);
  }
  copyFileSync(node, join(home, 'usr/local/bin/node'));
  rmSync(join(home, 'package'), { recursive: true, force: true });
  cpSync(folder, join(home, 'package'), { recursive: true });
  return (program) =>
    execFileSync('chroot', [home, '/usr/local/bin/node', `/package/${program}`], { encoding: 'utf8', stdio: 'pipe' });
}
