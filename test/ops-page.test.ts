/** docs/ops.md says of each op what is declared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
process.env.STRIDED_BINARY ??= join(root, 'build', 'Release', 'strided.node');

test('docs/ops.md has the row of every op: after a change, npm run docs:ops', async () => {
  const torch = require(join(root, 'out', 'index.js')) as object;
  const { registry } = require(join(root, 'out', 'ops', 'define.js')) as { registry: Map<string, unknown> };
  const { declarations } = require(join(root, 'scripts', 'docs', 'declarations.cjs')) as {
    declarations: (of: typeof registry, torch: object) => Map<string, string>;
  };
  const [page = ''] = readFileSync(join(root, 'docs', 'ops.md'), 'utf8').split('## Functions over ops');
  const shown = page.split('\n').filter((line) => line.startsWith('| `'));
  const declared = [...declarations(registry, torch).values()];
  expect(shown.length).toBe(declared.length);
  expect(declared.filter((row, i) => !shown[i]?.startsWith(row))).toEqual([]);
});
