/** Every public function and class has a doc comment with an example. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as strided from 'strided';

interface Summary {
  readonly name: string;
  readonly examples: number;
  readonly internal: boolean;
}

const root = join(__dirname, '..', '..');
// Written by scripts/docs/extract.mjs in the build.
const comments: Record<string, Summary[]> = JSON.parse(
  readFileSync(join(root, 'build', 'documented', 'comments.json'), 'utf8'),
);

// The modules as they are compiled one by one: dist/ has them in one, which does not say what is from where.
const compiled = join(root, 'out');
process.env.STRIDED_BINARY ??= join(root, 'build', 'Release', 'strided.node');
const torch = require(join(compiled, 'index.js')) as typeof strided;

/** What lib/ says of each value that it exports, under whatever names users see it. */
function documentation(): Map<unknown, Summary> {
  const found = new Map<unknown, Summary>();
  for (const [file, summaries] of Object.entries(comments)) {
    if (file.startsWith('lib/cli/')) continue;
    const loaded = require(join(compiled, file.replace(/^lib\//, '').replace(/\.ts$/, '.js')));
    for (const summary of summaries) {
      const value = loaded[summary.name];
      if (value !== undefined && !found.get(value)?.examples) found.set(value, summary);
    }
  }
  return found;
}

/** The functions and classes below `torch`, each under the first of its names. */
function publicValues(space: object, path: string, found = new Map<unknown, string>()): Map<unknown, string> {
  for (const [name, value] of Object.entries(space)) {
    if (typeof value === 'function' && !found.has(value)) found.set(value, `${path}.${name}`);
    const isNamespace = value !== null && typeof value === 'object' && Object.hasOwn(value, '__esModule');
    if (isNamespace) publicValues(value, `${path}.${name}`, found);
  }
  return found;
}

test('every public function and class has a doc comment with an example', () => {
  const said = documentation();
  const names = publicValues(torch, 'torch');
  expect(names.size).toBeGreaterThan(800);
  const missing = [...names].flatMap(([value, name]) => {
    const summary = said.get(value);
    if (summary === undefined) return [`${name}: no doc comment`];
    return summary.examples > 0 || summary.internal ? [] : [`${name}: no @example`];
  });
  expect(missing).toEqual([]);
});
