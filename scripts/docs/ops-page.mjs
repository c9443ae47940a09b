// npm run docs:ops: writes docs/ops.md, every op with its schema, its forms, its gradient, and how many of PyTorch's
// vectors it passes. What is declared is held current by test/ops-page.test.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../build/run.mjs';
import { replayAll, tierOf } from '../conformance.mjs';

const require = createRequire(import.meta.url);
const { declarations } = require('./declarations.cjs');

/** The op that a record is about: `linalg.qr` is declared as linalg_qr, `nn.functional.gelu` as gelu. */
function declaredName(path, names) {
  const parts = path.replace(/^torch\./, '').split('.');
  const last = parts.at(-1).replace(/_$/, '');
  return [parts.join('_'), parts.slice(-2).join('_'), last].find((name) => names.has(name)) ?? path;
}

/** What is counted of a record: a heading, what it means, and the kinds of checks that it takes together. */
const PARTS = [
  [
    'forward',
    'values, shapes and dtypes, also as a method and in place',
    ['call', 'values', 'dtype/shape', 'mutation', 'method', 'in-place'],
  ],
  ['strides, alias', 'strides of results, and whose memory they share', ['strides', 'alias']],
  ['gradient', 'of all inputs', ['gradient']],
  ['second gradient', 'of these', ['second gradient']],
];
const headings = PARTS.map(([heading]) => heading).join(' | ');
const ruler = PARTS.map(() => '---').join(' | ');
const fraction = ([passed, total]) => (total > 0 ? `${passed} of ${total}` : '');
const cells = (parts) => parts.map(fraction).join(' | ');

async function main() {
  const { SELECTION, SHARED } = require('../../build/test/conformance/source.js');
  const folder = existsSync(SHARED) ? SHARED : SELECTION;
  process.env.STRIDED_BINARY ??= join(root, 'build', 'Release', 'strided.node');
  const torch = require('../../out/index.js');
  const { registry } = require('../../out/ops/define.js');
  const rows = declarations(registry, torch);
  const bases = new Set([...rows.keys()].map((name) => name.split('.')[0]));
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const counts = new Map();
  await replayAll({ folder, sections: ['ops'] }, (record) => {
    const name = declaredName(manifest.ops?.[record.name]?.path ?? record.name, bases);
    const count = counts.get(name) ?? { tier: tierOf(record), passed: 0, parts: PARTS.map(() => [0, 0]) };
    if (record.status === 'passed') count.passed++;
    for (const [i, [, , kinds]] of PARTS.entries()) {
      const checks = record.checks.filter(({ kind }) => kinds.includes(kind));
      if (checks.length === 0 && (i > 0 || record.status !== 'absent')) continue;
      count.parts[i][1]++;
      if (checks.length > 0 && checks.every(({ status }) => status === 'passed')) count.parts[i][0]++;
    }
    counts.set(name, count);
  });
  const exceptions = JSON.parse(readFileSync(join(root, 'test', 'conformance', 'exceptions.json'), 'utf8'));
  writeFileSync(join(root, 'docs', 'ops.md'), page(rows, counts, manifest, exceptions));
}

function page(rows, counts, manifest, exceptions) {
  const tiers = new Map();
  for (const { tier, parts } of counts.values()) {
    const sum = tiers.get(tier) ?? PARTS.map(() => [0, 0]);
    tiers.set(
      tier,
      sum.map(([passed, total], i) => [passed + parts[i][0], total + parts[i][1]]),
    );
  }
  const vectors = (name) => {
    const count = counts.get(name.split('.')[0]);
    return count ? ` ${count.tier} | ${cells(count.parts)} |` : ` |${' |'.repeat(PARTS.length)}`;
  };
  const shown = new Set([...rows.keys()].map((name) => name.split('.')[0]));
  const others = [...counts].filter(([name]) => !shown.has(name));
  const missing = others.filter(([, { passed }]) => passed === 0).map(([name]) => `\`${name}\``);
  const composed = others
    .filter(([, { passed }]) => passed > 0)
    .map(([name, { tier, parts }]) => `| \`${name}\` | ${tier} | ${cells(parts)} |`);
  const records = [...counts.values()].reduce((sum, { parts }) => sum + parts[0][1], 0);
  const listed = ({ names, id }) => (names ?? [id]).map((name) => `\`${name}\``).join(', ');
  const source = manifest.torch ? `that PyTorch ${manifest.torch.split('+')[0]} computed` : 'of test/conformance';
  return `# Ops

Written by \`npm run docs:ops\` from the declarations in \`lib/ops\`, which \`npm test\` compares with this page, and from a
replay of ${records} vectors ${source}, which it does not. Overloads of a name share its vectors. A gradient is
a formula of its own, or that of the ops an op is made of; gradients, and gradients of gradients, are checked against
differences by \`npm test\`. Ops with tensors as results take \`out\`, unless those are views.

How many vectors pass is counted for:

${PARTS.map(([heading, meaning]) => `- ${heading}: ${meaning}`).join('\n')}

| tier | ${headings} |
| --- | ${ruler} |
${[...tiers].map(([tier, parts]) => `| ${tier} | ${cells(parts)} |`).join('\n')}

| op | forms | gradient by | tier | ${headings} |
| --- | --- | --- | --- | ${ruler} |
${[...rows].map(([name, row]) => row + vectors(name)).join('\n')}

## Functions over ops

| name | tier | ${headings} |
| --- | --- | ${ruler} |
${composed.join('\n')}

## Not there

${missing.join(', ')}.

## Exceptions

${exceptions.map((each) => `- ${each.section}: ${listed(each)}: ${each.reason}`).join('\n')}
`;
}

if (process.argv[1] === import.meta.filename) await main();
