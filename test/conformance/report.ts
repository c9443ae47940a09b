import { Missing, type Value } from './api.js';
import { Differs } from './compare.js';
import { isMistake } from './raised.js';

/** `inexpressible`: failed, but an argument is a whole Python float, which JavaScript cannot tell from an int. */
export type Status = 'passed' | 'failed' | 'missing' | 'inexpressible';

export interface Check {
  kind: string;
  status: Status;
  why: string;
}

function explain(e: Value): Omit<Check, 'kind'> {
  if (e instanceof Missing) return { status: 'missing', why: `missing ${e.message}` };
  if (e instanceof Differs) return { status: 'failed', why: e.message };
  const at = isMistake(e) ? ` ${String(e.stack).split('\n')[1]?.trim()}` : '';
  return { status: 'failed', why: `threw ${e?.constructor?.name}: ${e?.message ?? e}${at}` };
}

/** The checks of one record, by kind; each kind keeps its first failure. */
export class Report {
  wholeFloat = false;
  private readonly found = new Map<string, Check>();

  attempt(kind: string, check: () => Value): void {
    try {
      check();
      if (!this.found.has(kind)) this.found.set(kind, { kind, status: 'passed', why: '' });
    } catch (e) {
      this.caught(kind, e);
    }
  }

  caught(kind: string, e: Value): void {
    const old = this.found.get(kind);
    if (!old || old.status === 'passed') this.found.set(kind, { kind, ...explain(e) });
  }

  checks(): Check[] {
    const all = [...this.found.values()];
    if (!this.wholeFloat) return all;
    return all.map((c) => (c.status === 'failed' ? { ...c, status: 'inexpressible' } : c));
  }
}

const ORDER: Status[] = ['passed', 'inexpressible', 'missing', 'failed'];

/** A record is what its worst check is. */
export function worst(checks: Check[]): Status {
  const rank = Math.max(0, ...checks.map((c) => ORDER.indexOf(c.status)));
  return ORDER[rank] as Status;
}
