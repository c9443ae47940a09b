import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** package-lock.json names no registry, and has an entry for each platform's packages: without them `npm ci` refuses. */
export function lockfile(folder) {
  const text = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const failures = [];
  if (text.includes('"resolved"'))
    failures.push('package-lock.json: names a registry; npm install with the .npmrc here');
  const { packages } = JSON.parse(text);
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
      failures.push(`package-lock.json: lacks ${name}, which ${path} may want on another platform`);
    }
  }
  return failures;
}
