import { existsSync } from 'node:fs';
import { claims, replay, summary } from './conformance/replay.js';
import { worst } from './conformance/report.js';
import {
  defaultTolerances,
  type Entry,
  type Exception,
  entries,
  nameOf,
  readExceptions,
  SECTIONS,
  SELECTION,
  type Section,
  SHARED,
} from './conformance/source.js';

/** Every record of the selection passes: a name that is missing is a failure like any other. */
describe('PyTorch answers the same (selection)', () => {
  const tols = defaultTolerances(SELECTION);
  test.each(SECTIONS)('%s', (section) => {
    let count = 0;
    const failures: string[] = [];
    for (const entry of entries(SELECTION, section)) {
      count++;
      const checks = replay(entry, tols);
      if (checks.length === 0 || worst(checks) !== 'passed') failures.push(`${entry.id}: ${summary(checks)}`);
    }
    expect(failures).toEqual([]);
    expect(count).toBeGreaterThan(0);
  });
});

/** Sections whose records are about one name; the others combine many, some of which may not be there. */
const NAMED: Section[] = ['ops', 'errors', 'promotion', 'modules'];

function matches(x: Exception, entry: Entry, why: string): boolean {
  if (x.section && x.section !== entry.section) return false;
  if (x.names && !x.names.includes(nameOf(entry))) return false;
  if (x.id && x.id !== entry.id) return false;
  return !x.why || why.includes(x.why);
}

const whereShared = existsSync(SHARED) ? describe : describe.skip;

whereShared('PyTorch answers the same (all visible vectors)', () => {
  const exceptions = readExceptions();
  const used = new Set<Exception>();

  test.each(SECTIONS)(
    '%s',
    (section) => {
      const tols = defaultTolerances(SHARED);
      const failures: string[] = [];
      for (const entry of entries(SHARED, section)) {
        if (!claims(entry)) continue;
        const checks = replay(entry, tols);
        const status = worst(checks);
        if (status === 'passed' || status === 'inexpressible') continue;
        if (status === 'missing' && !NAMED.includes(section)) continue;
        const why = summary(checks);
        const exception = exceptions.find((x) => matches(x, entry, why));
        if (exception) used.add(exception);
        else failures.push(`${entry.id}: ${why}`);
      }
      expect(failures).toEqual([]);
    },
    180_000,
  );

  test('every exception is still one', () => {
    expect(exceptions.filter((x) => !used.has(x))).toEqual([]);
  });
});
