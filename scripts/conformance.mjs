// Replays conformance vectors through the built package and prints a table by section and name.
//
//   npm run conformance -- [--section ops] [--op softmax] [--vectors FOLDER] [--verbose]
//
// The replay runs in a child process, so that a crash or a hang costs one record and not the table.
import { spawn } from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SELF = fileURLToPath(import.meta.url);
const PATIENCE = 60_000;
const built = (name) => createRequire(import.meta.url)(`../build/test/conformance/${name}.js`);

/** In the child: one line before each record and one after it, written synchronously so that a crash loses none. */
function work(folder, section, from, name) {
  const source = built('source');
  const { claims, replay, summary } = built('replay');
  const { worst } = built('report');
  const tols = source.defaultTolerances(folder);
  const say = (message) => writeSync(1, `${JSON.stringify(message)}\n`);
  let index = -1;
  for (const entry of source.entries(folder, section)) {
    index++;
    const about = { index, id: entry.id, section, family: entry.family, name: source.nameOf(entry) };
    if (index < from || (name && about.name !== name && entry.head?.path !== name)) continue;
    if (!claims(entry)) {
      say({ ...about, status: 'absent', checks: [], why: '' });
      continue;
    }
    say({ ...about, started: true });
    const checks = replay(entry, tols);
    say({ ...about, status: worst(checks), checks, why: summary(checks) });
  }
}

/** Replays a part of a section in a child; resolves to the record it died in, or null. */
function runChild(folder, section, from, name, onResult) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SELF, '--worker', folder, section, String(from), name ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    let current = null;
    let timer = null;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    };
    watch();
    createInterface({ input: child.stdout }).on('line', (line) => {
      watch();
      const message = JSON.parse(line);
      current = message.started ? message : null;
      if (!message.started) onResult(message);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? null : { record: current, reason: signal ?? `exit code ${code}` });
    });
  });
}

/** Calls onResult for every record of the sections: {id, section, family, name, status, checks, why}. */
export async function replayAll({ folder, sections, name = '' }, onResult) {
  for (const section of sections) {
    let from = 0;
    for (;;) {
      const end = await runChild(folder, section, from, name, onResult);
      if (!end) break;
      if (!end.record) throw new Error(`the replay of ${section} ended with ${end.reason} outside a record`);
      const why = `crashed (${end.reason})`;
      onResult({ ...end.record, status: 'crashed', checks: [{ kind: 'call', status: 'crashed', why }], why });
      from = end.record.index + 1;
    }
  }
}

const STATUSES = ['passed', 'failed', 'crashed', 'missing', 'inexpressible', 'absent'];

/** Counts by row, printed as columns. */
class Table {
  rows = new Map();

  add(key, status) {
    if (!this.rows.has(key)) this.rows.set(key, Object.fromEntries(STATUSES.map((s) => [s, 0])));
    this.rows.get(key)[status]++;
  }

  print() {
    const lines = [['', ...STATUSES], ...[...this.rows].map(([key, c]) => [key, ...STATUSES.map((s) => c[s] || '')])];
    const widths = lines[0].map((_, i) => Math.max(...lines.map((l) => String(l[i]).length)));
    for (const line of lines) {
      const cells = line.map((x, i) => (i === 0 ? String(x).padEnd(widths[i]) : String(x).padStart(widths[i])));
      console.log(cells.join('  '));
    }
  }
}

/** core, linalg, special, rare or fft-complex. */
export const tierOf = ({ family }) => family.split('.')[0];

/** What many records fail of, without the numbers that tell them apart. */
const causeOf = (why) => why.replace(/-?\d+(\.\d+)?(e[-+]?\d+)?/g, '#').slice(0, 120);

async function main() {
  const { values: options } = parseArgs({
    options: {
      section: { type: 'string', multiple: true },
      op: { type: 'string' },
      vectors: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const { SECTIONS, SELECTION, SHARED } = built('source');
  const folder = options.vectors ?? (existsSync(SHARED) ? SHARED : SELECTION);
  const [names, kinds, tiers, totals, causes] = [new Table(), new Table(), new Table(), new Table(), new Map()];
  await replayAll({ folder, sections: options.section ?? SECTIONS, name: options.op }, (r) => {
    if (r.status !== 'absent' || options.verbose) names.add(`${r.section} ${r.name}`, r.status);
    totals.add(r.section, r.status);
    if (r.section === 'ops') tiers.add(`ops of tier ${tierOf(r)}`, r.status);
    for (const c of r.checks) kinds.add(`${r.section} ${c.kind}`, c.status);
    if (['passed', 'absent', 'inexpressible'].includes(r.status)) return;
    causes.set(causeOf(r.why), (causes.get(causeOf(r.why)) ?? 0) + 1);
    if (options.verbose) console.log(`${r.status}  ${r.id}\n    ${r.why.replaceAll('\n', '\n    ')}`);
  });
  for (const table of [names, kinds, tiers, totals]) {
    table.print();
    console.log();
  }
  const frequent = [...causes].sort((a, b) => b[1] - a[1]).slice(0, options.verbose ? 100 : 20);
  for (const [cause, count] of frequent) console.log(`${String(count).padStart(6)}  ${cause}`);
}

const [flag, folder, section, from, name] = process.argv.slice(2);
if (flag === '--worker') work(folder, section, Number(from), name);
else if (process.argv[1] === SELF) await main();
