import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from '@wasm-fmt/clang-format';
import { root } from '../build/run.mjs';

export const biome = join(root, 'node_modules/.bin/biome');

/** The C++ files whose text is not what clang-format makes of it, with that text. */
export function formatCpp(folder, files) {
  const style = readFileSync(join(folder, '.clang-format'), 'utf8');
  return files
    .filter(({ path }) => /\.(cc|h|inc)$/.test(path))
    .map(({ path, lines }) => ({ path, text: lines.join('\n') }))
    .map(({ path, text }) => ({ path, text, formatted: format(text, path, style) }))
    .filter(({ text, formatted }) => text !== formatted);
}

/** C++ is formatted as .clang-format says. */
export function cpp(folder, files) {
  return formatCpp(folder, files).map(({ path, text, formatted }) => {
    const after = formatted.split('\n');
    const line = text.split('\n').findIndex((before, i) => before !== after[i]);
    return `${path}:${line + 1}: not formatted; run npm run format`;
  });
}

/** TypeScript, JavaScript and JSON pass Biome's formatter and linter (biome.json). */
export function script(folder) {
  const { status, stdout, stderr } = spawnSync(biome, ['ci', '--error-on-warnings', '--colors=off'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? [] : [stdout + stderr];
}
