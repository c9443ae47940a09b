import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, hasProgram, root } from '../build/run.mjs';

const suite = 'bullseye';
const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
const debianArchs = { x64: 'amd64', arm64: 'arm64' };

/**
 * The path of libgomp.so.1 of an older Debian, which asks for no more of glibc than Node does; this machine's own may.
 * apt fetches it, once, with lists of its own, and checks the signatures.
 */
export async function openmpRuntime(arch) {
  const folder = join(root, 'build', 'prebuild', 'openmp', arch);
  const unpacked = join(folder, 'unpacked');
  const find = () => existsSync(unpacked) && findIn(unpacked);
  const found = find();
  if (found) return found;
  if (!hasProgram('apt-get') || !hasProgram('dpkg-deb') || !existsSync(keys))
    throw new BuildError('prebuild: libgomp is taken from Debian, with apt-get: run this on Debian 11 or later');
  for (const part of ['lists/partial', 'archives/partial']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${keys}] http://deb.debian.org/debian ${suite} main\n`);
  const options = {
    'APT::Architecture': debianArchs[arch],
    'APT::Architectures': debianArchs[arch],
    'APT::Sandbox::User': 'root',
    'Acquire::Check-Valid-Until': 'false',
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  try {
    for (const words of [['update'], ['download', 'libgomp1']])
      execFileSync('apt-get', ['-qq', ...flags, ...words], { cwd: folder, stdio: 'pipe' });
    const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', archive, unpacked], { cwd: folder, stdio: 'pipe' });
  } catch (error) {
    throw new BuildError(`prebuild: could not fetch libgomp1 of Debian ${suite} (${arch})\n${error.stderr ?? error}`);
  }
  return find();
}

function findIn(folder) {
  const name = readdirSync(folder, { recursive: true }).find((path) => /\/libgomp\.so\.1\.[\d.]+$/.test(path));
  return name && join(folder, name);
}
