// Chooses the conformance records that the project carries (test/conformance/vectors) from all visible ones:
// for each op a handful that between them cover dtypes, layouts, arguments and kinds of check.
//
//   node scripts/select-vectors.mjs [--from FOLDER]
//
// Only records that pass now are chosen; the same package and vectors give the same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { replayAll } from './conformance.mjs';

const source = createRequire(import.meta.url)('../build/test/conformance/source.js');

/** Per section: how many records a name may have, and how long (in characters) they may be. */
const LIMITS = {
  ops: { each: 9, length: 5000 },
  errors: { each: Infinity, length: 2000 },
  promotion: { each: Infinity, length: Infinity },
  repr: { each: Infinity, length: 6000 },
  programs: { each: 10, length: 12000 },
  rng: { each: 3, length: 3000 },
  training: { each: 1, length: 12000 },
  modules: { each: 2, length: 3000 },
};

/** Everything in a record that another one might not exercise. */
function features(section, r) {
  const found = new Set();
  const add = (...parts) => found.add(parts.join(' '));
  const visit = (v, where) => {
    if (Array.isArray(v)) for (const x of v) visit(x, `${where}[]`);
    else if (v?.$ === 't') {
      add('tensor', v.dtype);
      if (v.stride) add(where, v.stride.includes(0) ? 'expanded' : 'strided');
      if (v.shape.includes(0)) add('empty');
      else add(where, v.shape.length, 'dims');
      if (v.storage_of !== undefined) add('shared storage');
      if (v.alias) add('alias');
      if (v.requires_grad) add(where, 'requires grad');
    } else if (v?.$ === 'v') add(where, 'variable');
    else if (v?.$ && typeof v.v !== 'object') add(where, v.$);
    else if (v?.$) visit(v.v, where);
    else if (typeof v === 'object' && v !== null) for (const [k, x] of Object.entries(v)) visit(x, `${where}.${k}`);
    else add(where, typeof v === 'number' ? Math.sign(v) : String(v).slice(0, 20));
  };
  for (const key of ['args', 'kwargs', 'ctor_args', 'ctor_kwargs']) if (r[key]) visit(r[key], key);
  for (const key of ['grad', 'grad2', 'mutates', 'nonunique', 'tolx', 'training']) if (r[key]) add(key);
  if ('inplace' in r) add('in-place', r.inplace === true ? 'same' : Object.keys(r.inplace).join());
  if (r.error) add(r.error.type, r.error.message.replace(/\d+/g, '#').slice(0, 30));
  for (const i of r.code ?? []) add(i.op, i.fn ?? i.attr ?? i.ctx ?? '');
  add(section);
  return found;
}

/** Greedy cover: always the record that adds most for its length, while any adds something. */
function choose(candidates, each) {
  const covered = new Set();
  const chosen = [];
  let rest = candidates;
  while (chosen.length < each && rest.length) {
    const gain = (c) => [...c.features].filter((f) => !covered.has(f)).length / Math.sqrt(500 + c.length);
    const best = rest.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    if (gain(best) === 0 && Number.isFinite(each)) break;
    for (const f of best.features) covered.add(f);
    chosen.push(best);
    rest = rest.filter((c) => c !== best);
  }
  return chosen.sort((a, b) => a.index - b.index);
}

function candidatesOf(folder, section, passed) {
  const names = new Map();
  let index = 0;
  for (const entry of source.entries(folder, section)) {
    const { length } = entry.line;
    index++;
    if (!passed.has(entry.id) || length > LIMITS[section].length) continue;
    const name = source.nameOf(entry);
    if (!names.has(name)) names.set(name, []);
    names.get(name).push({ entry, length, index, features: features(section, entry.record) });
  }
  return names;
}

/** A line that also says which file it is from. */
const withFamily = (line, family) => `${line.slice(0, -1)},"family":${JSON.stringify(family)}}`;

const { values: options } = parseArgs({ options: { from: { type: 'string', default: source.SHARED } } });
const folder = options.from;
mkdirSync(source.SELECTION, { recursive: true });
const manifest = { default_tol: source.defaultTolerances(folder), files: {} };
let bytes = 0;
for (const section of source.SECTIONS) {
  const passed = new Set();
  await replayAll({ folder, sections: [section] }, (r) => {
    if (r.status === 'passed' && r.checks.length) passed.add(r.id);
  });
  const lines = [];
  let records = 0;
  for (const candidates of candidatesOf(folder, section, passed).values()) {
    const chosen = choose(candidates, LIMITS[section].each);
    const [first] = chosen;
    if (first.entry.headLine) lines.push(withFamily(first.entry.headLine, first.entry.family));
    for (const { entry } of chosen)
      lines.push(section === 'errors' ? withFamily(entry.line, entry.family) : entry.line);
    records += chosen.length;
  }
  const data = gzipSync(lines.map((l) => `${l}\n`).join(''), { level: 9 });
  writeFileSync(join(source.SELECTION, `${section}.jsonl.gz`), data);
  manifest.files[section] = { records, bytes: data.length };
  bytes += data.length;
  console.log(`${section}: ${records} of ${passed.size} passing records, ${data.length} bytes`);
}
writeFileSync(join(source.SELECTION, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${bytes} bytes in all`);
