import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Dict, Value } from './api.js';

export const SECTIONS = ['ops', 'errors', 'promotion', 'repr', 'programs', 'rng', 'training', 'modules'] as const;
export type Section = (typeof SECTIONS)[number];

/** One record, with what its file and its op line say. */
export interface Entry {
  section: Section;
  family: string;
  head: Value;
  record: Value;
  /** The record and its op line as they stand in the file: JSON.stringify would lose -0. */
  line: string;
  headLine: string;
  /** Its place: unique in a set of vectors, and the same in a selection of it. */
  id: string;
}

function rootOf(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(dirname(folder));
}

const ROOT = rootOf(__dirname);

/** The selection that the project carries. */
export const SELECTION = join(ROOT, 'test', 'conformance', 'vectors');
/** All visible vectors, where they lie beside the project. */
export const SHARED = join(ROOT, '..', 'shared', 'conformance', 'vectors');

/** What the package is known to answer differently, and why; whichever of the first four are given must match. */
export interface Exception {
  section?: Section;
  names?: string[];
  id?: string;
  why?: string;
  reason: string;
}

export function readExceptions(): Exception[] {
  return JSON.parse(readFileSync(join(ROOT, 'test', 'conformance', 'exceptions.json'), 'utf8'));
}

function filesOf(folder: string, section: Section): string[] {
  const whole = join(folder, `${section}.jsonl.gz`);
  if (existsSync(whole)) return [whole];
  const parts = join(folder, section);
  return existsSync(parts)
    ? readdirSync(parts)
        .sort()
        .map((name) => join(parts, name))
    : [];
}

const naming: Record<Section, (r: Value) => string> = {
  ops: (r) => r.op,
  errors: (r) => r.op,
  promotion: (r) => r.op,
  repr: (r) => r.tag,
  programs: (r) => r.family,
  rng: (r) => r.parts.join('+'),
  training: (r) => r.id,
  modules: (r) => r.cls,
};

/** What a record is counted under: an op, a family, a module. */
export const nameOf = (e: Entry): string => naming[e.section](e.record);

function numberOf(section: Section, r: Value): string {
  if (section === 'promotion') return r.form;
  return String(r.n ?? r.id);
}

/** The records of a section, in order; `family` on an op line or record overrides the file's name. */
export function* entries(folder: string, section: Section): Generator<Entry> {
  for (const file of filesOf(folder, section)) {
    const fallback = basename(file, '.jsonl.gz');
    let head: Value = null;
    let headLine = '';
    for (const line of gunzipSync(readFileSync(file)).toString('utf8').split('\n')) {
      if (!line) continue;
      const record = JSON.parse(line);
      if (record.kind === 'op') {
        head = record;
        headLine = line;
        continue;
      }
      const family = head?.family ?? record.family ?? fallback;
      const entry = { section, family, head, record, line, headLine, id: '' };
      entry.id = [section, family, nameOf(entry), numberOf(section, record)].join('/');
      yield entry;
    }
  }
}

export function defaultTolerances(folder: string): Dict {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).default_tol;
}
