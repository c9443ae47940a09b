import { torch, type Value } from './api.js';
import { need } from './compare.js';
import { withMachine } from './machine.js';
import type { Report } from './report.js';

const PYTHON: [Value, string][] = [
  [true, 'True'],
  [false, 'False'],
  [null, 'None'],
  [undefined, 'None'],
];

const textOf = (v: Value): string => PYTHON.find(([x]) => x === v)?.[1] ?? String(v);

/** The exact text of a variable. */
export function checkRepr(r: Value, report: Report): void {
  try {
    withMachine((m) => {
      for (const instruction of r.code) m.step(instruction);
      report.wholeFloat = m.wholeFloat;
      const got = textOf(m.variables.get(r.expr));
      report.attempt('text', () => need(got === r.repr || got === r.str, () => `is\n${got}\nwant\n${r.repr}`));
    });
  } finally {
    if (r.code.some((i: Value) => i.fn === 'torch.set_printoptions')) {
      torch.set_printoptions({ profile: 'default' });
      torch.set_printoptions({ sci_mode: null });
    }
  }
}
