import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['native', 'lib', 'test', 'bench', 'examples', 'scripts'];
const code = /\.(cc|h|inc|def|ts|mjs)$/;

/** The project's code: `{ path, lines }` of each file, its path relative to `folder`. */
export function readCode(folder) {
  const files = [];
  for (const top of folders) {
    for (const name of list(join(folder, top))) {
      if (!code.test(name)) continue;
      const path = `${top}/${name.replaceAll('\\', '/')}`;
      files.push({ path, lines: readFileSync(join(folder, path), 'utf8').split('\n') });
    }
  }
  return files;
}

function list(folder) {
  try {
    return readdirSync(folder, { recursive: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
