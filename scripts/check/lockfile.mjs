import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const names = ['package-lock.json', 'docs/tool/package-lock.json'];

/** They name no registry, and have an entry for each platform's packages: without them `npm ci` refuses. */
export function lockfile(folder) {
  return names.filter((name) => existsSync(join(folder, name))).flatMap((name) => failuresOf(folder, name));
}

function failuresOf(folder, lock) {
  const text = readFileSync(join(folder, lock), 'utf8');
  const failures = [];
  if (text.includes('"resolved"')) failures.push(`${lock}: names a registry; npm install with the .npmrc here`);
  const { packages } = JSON.parse(text);
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
      failures.push(`${lock}: lacks ${name}, which ${path} may want on another platform`);
    }
  }
  return failures;
}
