/** docs/ops.md says of each op what is declared. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
process.env.STRIDED_BINARY ??= join(root, 'build', 'Release', 'strided.node');

test('docs/ops.md has the row of every op: after a change, npm run docs:ops', async () => {
  require(join(root, 'out', 'index.js'));
  const { registry } = require(join(root, 'out', 'ops', 'define.js')) as { registry: Map<string, unknown> };
  const { declarations } = require(join(root, 'scripts', 'docs', 'declarations.cjs')) as {
    declarations: (of: typeof registry) => Map<string, string>;
  };
  const page = readFileSync(join(root, 'docs', 'ops.md'), 'utf8').split('\n');
  const shown = page.filter((line) => line.startsWith('| `'));
  const declared = [...declarations(registry).values()];
  expect(shown.length).toBe(declared.length);
  expect(declared.filter((row, i) => !shown[i]?.startsWith(row))).toEqual([]);
});
