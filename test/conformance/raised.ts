import { Missing, type Value } from './api.js';
import { need } from './compare.js';

/** Errors that JavaScript itself throws at a mistake: never an answer of the package. */
const MISTAKE = new RegExp(
  'is not a (function|constructor)|Cannot (read|set) propert|is not iterable|is not defined|Maximum call stack|' +
    'Cannot convert undefined',
);

export const isMistake = (e: Value): boolean => MISTAKE.test(String(e?.message));

/** What `f` throws, or null. */
export function raisedBy(f: () => Value): Error | null {
  try {
    f();
  } catch (e) {
    if (e instanceof Missing) throw e;
    return e as Error;
  }
  return null;
}

const CLASSES: Record<string, string[]> = { _LinAlgError: ['_LinAlgError', 'LinAlgError', 'RuntimeError'] };

export function checkClass(want: Value, got: Value): void {
  const name = got?.constructor?.name;
  const accepted = CLASSES[want.type] ?? [want.type];
  need(!isMistake(got) && accepted.includes(name), () => `${name} instead of ${want.type}: ${got?.message}`);
}

/** The numbers and quoted names of a message: what remains when wording is put aside. */
export function substance(message: string): string[] {
  const found = [...message.matchAll(/(['"`])(?<quoted>[\w.:]+)\1|(?<![\w.])(?<digits>-?\d+(?:\.\d+)?)/g)];
  return [...new Set(found.map((m) => (m.groups?.quoted ?? m.groups?.digits) as string))];
}

const isNumeral = (s: string): boolean => /^-?\d/.test(s);

/** A message may be worded otherwise, but at least half of the substance of PyTorch's must be in it. */
export function checkText(want: Value, got: Value): void {
  const message = String(got?.message);
  const wanted = substance(want.message);
  const has = (s: string) =>
    isNumeral(s) ? new RegExp(`(?<![\\w.])${s.replace('.', '\\.')}(?!\\d)`).test(message) : message.includes(s);
  const lost = wanted.filter((s) => !has(s));
  need(2 * lost.length <= wanted.length, () => `text lacks ${lost.join(', ')}: ${message} (want: ${want.message})`);
}
