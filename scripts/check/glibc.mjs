import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Node's own floor. */
const FLOOR = '2.28';
const bundled = /^(libstdc\+\+|libgcc_s)\.so/;

/**
 * On Linux, the binary that was built here and those in prebuilds/ ask for no newer glibc than Node itself does, and
 * bring the C++ runtime along.
 */
export function glibc(root) {
  if (process.platform !== 'linux' || !process.report.getReport().header.glibcVersionRuntime) return [];
  return binaries(root).flatMap((file) => {
    const text = execFileSync('readelf', ['-W', '-d', '-V', file], { encoding: 'utf8' });
    const newer = new Set([...text.matchAll(/Name: GLIBC_([\d.]+)/g)].map((m) => m[1]).filter(isNewer));
    const missing = [...text.matchAll(/Shared library: \[(.+?)\]/g)]
      .map((m) => m[1])
      .filter((name) => bundled.test(name));
    return [
      ...[...newer].map((version) => `${relative(root, file)} asks for glibc ${version}; Node's floor is ${FLOOR}`),
      ...missing.map((name) => `${relative(root, file)} needs ${name}, which is to be inside`),
    ];
  });
}

function binaries(root) {
  const prebuilds = join(root, 'prebuilds');
  const shipped = existsSync(prebuilds) ? readdirSync(prebuilds, { recursive: true }) : [];
  const files = shipped.filter((name) => /^linux-.*(glibc\.node|\.so\.\d+)$/.test(name));
  return [join(root, 'build', 'Release', 'strided.node'), ...files.map((name) => join(prebuilds, name))].filter(
    existsSync,
  );
}

function isNewer(version) {
  const [major, minor] = version.split('.').map(Number);
  const [floorMajor, floorMinor] = FLOOR.split('.').map(Number);
  return major > floorMajor || (major === floorMajor && minor > floorMinor);
}
