import { type Dict, isIterable, isTensor, Missing, type Value } from './api.js';
import { Comparison, need, walk } from './compare.js';
import { type Machine, withMachine } from './machine.js';
import { checkClass, checkText } from './raised.js';
import type { Report } from './report.js';

/** The check that each item of the metadata belongs to. */
const KINDS: Record<string, string> = {
  is_leaf: 'flags',
  requires_grad: 'flags',
  meta_error: 'flags',
  grad_fn: 'grad_fn',
  version: 'version',
};

function attempt<T>(f: () => T, otherwise: (e: Error) => T): T {
  try {
    return f();
  } catch (e) {
    return otherwise(e as Error);
  }
}

/** What autograd knows of a tensor; reading that of some modified views raises, as in PyTorch. */
function metaOf(t: Value): Dict {
  const read = (): Dict => {
    const name = t.grad_fn?.name().split('::').pop() ?? null;
    return { is_leaf: t.is_leaf, requires_grad: t.requires_grad, grad_fn: name };
  };
  const version = attempt<Value>(
    () => t._version ?? null,
    () => null,
  );
  return { ...attempt(read, (e): Dict => ({ meta_error: e.message })), version };
}

/** Runs a program beside its trace. */
class Tracer {
  private readonly before = new Map<string, Dict>();
  /** Variables whose version the trace tells. */
  private readonly versioned = new Set<string>();

  constructor(
    private readonly machine: Machine,
    private readonly cmp: Comparison,
    private readonly report: Report,
    private readonly autograd: boolean,
  ) {}

  private compareMeta(want: Dict, got: Dict, where: string): void {
    for (const [key, kind] of Object.entries(KINDS)) {
      if (!(key in want)) continue;
      const same = key === 'meta_error' ? key in got : got[key] === want[key];
      this.report.attempt(kind, () => need(same, () => `${where}: ${key} is ${got[key]}, want ${want[key]}`));
    }
  }

  private compareResult(want: Value, got: Value, where: string, name: string | undefined): void {
    if ('value' in want) {
      this.report.attempt('values', () => {
        if (want.value?.$ === 't') this.cmp.tensor(want.value, got, where);
        else walk(want.value, got, (w, g) => this.cmp.scalar(w, g, where), where);
      });
    }
    if (!this.autograd || !isTensor(got)) return;
    this.compareMeta(want, metaOf(got), where);
    if (!name) return;
    if (typeof want.version === 'number') this.versioned.add(name);
    else this.versioned.delete(name);
  }

  /** Exactly those other variables change their metadata that changed in PyTorch. */
  private compareChanges(outs: string[], changed: Dict, where: string): void {
    for (const [name, t] of this.machine.variables) {
      if (!isTensor(t)) continue;
      const now = metaOf(t);
      const old = this.before.get(name);
      this.before.set(name, now);
      if (!old || outs.includes(name)) continue;
      const want: Dict = changed[name] ?? {};
      this.compareMeta(want, now, `${name} after ${where}`);
      if ('meta_error' in want || 'meta_error' in now || 'meta_error' in old) continue;
      for (const key of ['is_leaf', 'requires_grad', 'grad_fn', 'version']) {
        if (key in want || (key === 'version' && !this.versioned.has(name))) continue;
        const moved = () => `${where} changes ${key} of ${name} from ${old[key]} to ${now[key]}`;
        this.report.attempt(KINDS[key] as string, () => need(now[key] === old[key], moved));
      }
    }
  }

  private compareItems(wants: Value[], result: Value, where: string, outs: string[]): void {
    const items = isIterable(result) ? [...result] : [];
    for (const [k, want] of wants.entries()) {
      const at = `${where}[${k}]`;
      if (want) this.compareResult(want, items[k], at, outs[k]);
      else this.report.attempt('values', () => need((items[k] ?? null) === null, () => `${at} is not null`));
    }
  }

  /** One instruction; false where it raised what PyTorch does not, so that the rest means nothing. */
  step(instruction: Value, want: Value): boolean {
    const { machine, report } = this;
    const where = instruction.fn ?? [instruction.op, instruction.attr ?? instruction.ctx].join(' ');
    const outs: string[] = [instruction.out ?? []].flat();
    let result: Value = null;
    let error: Value = null;
    try {
      result = machine.step(instruction);
    } catch (e) {
      if (e instanceof Missing) throw e;
      error = e;
    }
    if (want.error) {
      report.attempt('errors', () => {
        need(error, () => `${where} does not raise ${want.error.type}: ${want.error.message}`);
        checkClass(want.error, error);
      });
      if (error) report.attempt('error text', () => checkText(want.error, error));
    } else if (error) {
      report.caught('errors', error);
      return false;
    } else if (want.items) this.compareItems(want.items, result, where, outs);
    else this.compareResult(want, result, where, outs[0]);
    if (want.is) {
      const same = machine.variables.get(want.is) === result;
      report.attempt('identity', () => need(same, () => `${where} does not return its tensor`));
    }
    if (this.autograd) this.compareChanges(outs, want.changed ?? {}, where);
    return true;
  }
}

function trace(m: Machine, r: Value, cmp: Comparison, report: Report, autograd: boolean): boolean {
  const tracer = new Tracer(m, cmp, report, autograd);
  const done = r.trace.every((want: Value, i: number) => tracer.step(r.code[i], want));
  report.wholeFloat = m.wholeFloat;
  return done;
}

/** An autograd program: every instruction's values and metadata, then what all variables and gradients hold. */
export function checkProgram(r: Value, report: Report): void {
  const cmp = new Comparison({ tols: [1e-4, 1e-5] }).widened(r.tolx);
  withMachine((m) => {
    if (!trace(m, r, cmp, report, true)) return;
    for (const [name, want] of Object.entries<Value>(r.final)) {
      const t = m.variables.get(name);
      report.attempt('final values', () => cmp.tensor(want.value, t, name));
      if (!('grad' in want)) continue;
      report.attempt('final gradients', () => {
        const g = t.grad ?? null;
        if (want.grad === null) need(g === null, () => `${name}.grad is not null`);
        else cmp.tensor(want.grad, g, `${name}.grad`);
      });
    }
  });
}

/** Seeded random values: exact, but where transcendental functions are involved. */
export function checkRng(r: Value, report: Report): void {
  const cmp = new Comparison({ tols: r.approx ? [1e-5, 1e-6] : [0, 0] });
  withMachine((m) => {
    trace(m, r, cmp, report, false);
  });
}
