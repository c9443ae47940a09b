/** Every example of the doc comments, of README.md and of the guides runs, and shows what it says it shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as torch from 'strided';

interface Example {
  readonly place: string;
  run(shows: (value: () => unknown, expected: string) => void | Promise<void>, console: object): Promise<void>;
}

// Written by scripts/docs/extract.mjs in the build.
const folder = join(__dirname, '..', 'documented', 'out');
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.js'))
  .flatMap((name) => (require(join(folder, name)) as { examples: Example[] }).examples);

/** Layout does not count: examples print on one line what is shown on several. '…' stands for anything. */
function matches(actual: string, expected: string): boolean {
  const parts = expected.replaceAll(/\s+/g, '').split('…');
  const pattern = parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*');
  return new RegExp(`^${pattern}$`).test(actual.replaceAll(/\s+/g, ''));
}

const textOf = (value: unknown): string => inspect(value, { depth: 10, maxArrayLength: 1000 });

/** What `run` prints with its console and gives, beside what it says that it does. */
async function mistakes({ run }: Example): Promise<string[]> {
  const found: string[] = [];
  let printed: string[] = [];
  const compare = (value: unknown, expected: string) => {
    const actual = value === undefined && printed.length > 0 ? printed.join('\n') : textOf(value);
    // A shape is stated as the array that it is.
    const same =
      matches(actual, expected) || (value instanceof torch.Size && matches(actual, `torch.Size(${expected})`));
    if (!same) found.push(`says ${expected}, shows ${actual}`);
  };
  const shows = (value: () => unknown, expected: string): void | Promise<void> => {
    printed = [];
    let result: unknown;
    try {
      result = value();
    } catch (error) {
      if (!expected.startsWith('throws ')) throw error;
      const { name, message } = error as Error;
      if (!matches(`${name}: ${message}`, `${expected.slice('throws '.length)}…`))
        found.push(`${expected}: ${name}: ${message}`);
      return;
    }
    if (result instanceof Promise) return result.then((value) => compare(value, expected));
    compare(result, expected);
  };
  const log = (...values: unknown[]) => {
    printed.push(values.map((v) => (typeof v === 'string' ? v : textOf(v))).join(' '));
  };
  torch.manual_seed(0);
  await run(shows, { log });
  return found;
}

test.each(examples.map((example) => [example.place, example] as const))('%s', async (_, example) => {
  expect(await mistakes(example)).toEqual([]);
});

test('what the guides quote is in the sources', () => {
  const root = join(__dirname, '..', '..');
  const text = readFileSync(join(root, 'build', 'documented', 'quotes.json'), 'utf8');
  const quotes = JSON.parse(text) as { place: string; source: string; code: string }[];
  expect(quotes.length).toBeGreaterThan(0);
  const missing = quotes.filter(({ source, code }) => !readFileSync(join(root, source), 'utf8').includes(code));
  expect(missing).toEqual([]);
});

test('a wrong statement is found', async () => {
  const wrong: Example = {
    place: '',
    run: async (shows) => {
      await shows(() => torch.ones(2), 'tensor([1., 2.])');
      await shows(() => torch.ones(2).mm(torch.ones(2)), 'throws IndexError');
    },
  };
  expect(await mistakes(wrong)).toHaveLength(2);
});
