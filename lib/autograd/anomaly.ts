/** Anomaly detection: which forward call belongs to a backward that failed or gave NaN. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { anomaly, ModeGuard, recording, within } from './modes.js';
import type { Node } from './node.js';
import { inducedBy, originOf } from './origins.js';

/** What was known of the node when it was made, as PyTorch words it. */
function report(node: Node): string {
  const origin = originOf(node);
  if (origin === undefined) {
    return `Error detected in ${node.name()}. No forward pass information available. Enable detect anomaly during forward pass for more information.`;
  }
  let text = `Error detected in ${node.name()}. Traceback of forward call that caused the error:\n${origin.stack}`;
  for (let parent = origin.parent; parent !== null; parent = originOf(parent)?.parent ?? null) {
    const stack = originOf(parent)?.stack;
    text += `\n\nPrevious calculation was induced by ${parent.name()}. `;
    text +=
      stack === undefined
        ? 'No forward pass information available.'
        : `Traceback of forward call that induced the previous calculation:\n${stack}`;
  }
  return text;
}

/** Runs a node of a backward pass under anomaly detection. */
export function applyWatched(
  node: Node,
  grads: readonly (Tensor | null)[],
  wanted: (edge: number) => boolean,
): (Tensor | null)[] {
  try {
    const results = inducedBy(node, () => node.apply(grads, wanted));
    if (anomaly() === 'nan') checkNan(node, results);
    return results;
  } catch (error) {
    const text = report(node);
    process.emitWarning(text, 'UserWarning');
    if (error instanceof Error && error.cause === undefined) error.cause = text;
    throw error;
  }
}

function checkNan(node: Node, results: readonly (Tensor | null)[]): void {
  for (const [i, g] of results.entries()) {
    if (g?.dtype.is_floating_point && recording(false, () => g.ne(g).any().item())) {
      throw new RuntimeError(`Function '${node.name()}' returned nan values in its ${i}th output.`);
    }
  }
}

const modeOf = (mode: boolean, checkNan: boolean) => ({ anomaly: mode ? (checkNan ? 'nan' : 'on') : 'off' }) as const;

interface AnomalyOptions {
  /** Whether a gradient that is NaN is an error, too; true. */
  check_nan?: boolean;
}

function announce(): void {
  warnOnce(
    'Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.',
  );
}

/**
 * Runs `fn` so that nodes note where they were made, and a backward that throws or gives NaN shows the stack of the
 * forward call that belongs to it, in a warning and as `cause` of the error. Without a function, a guard for `using`.
 *
 * @example
 * const x = torch.zeros(1, { requires_grad: true });
 * torch.autograd.detect_anomaly(() => x.mul(2).sum().backward());
 */
export function detect_anomaly<T>(fn: () => T, options?: AnomalyOptions): T;
export function detect_anomaly(options?: AnomalyOptions): ModeGuard;
export function detect_anomaly<T>(fn?: (() => T) | AnomalyOptions, options?: AnomalyOptions): T | ModeGuard {
  announce();
  if (typeof fn === 'function') return within(modeOf(true, options?.check_nan ?? true), fn);
  return new ModeGuard(modeOf(true, fn?.check_nan ?? true));
}

/**
 * Turns anomaly detection on or off until the guard that is returned is disposed of, or while `fn` runs.
 *
 * @example
 * const guard = torch.autograd.set_detect_anomaly(true, false);
 * guard.dispose();
 */
export function set_detect_anomaly(mode: boolean, check_nan?: boolean | AnomalyOptions): ModeGuard;
export function set_detect_anomaly<T>(mode: boolean, check_nan: boolean | AnomalyOptions, fn: () => T): T;
export function set_detect_anomaly<T>(
  mode: boolean,
  check_nan: boolean | AnomalyOptions = true,
  fn?: () => T,
): T | ModeGuard {
  const checks = typeof check_nan === 'boolean' ? check_nan : (check_nan.check_nan ?? true);
  return fn ? within(modeOf(mode, checks), fn) : new ModeGuard(modeOf(mode, checks));
}

/**
 * Whether anomaly detection is on.
 * @example
 * torch.autograd.is_anomaly_enabled(); // false
 */
export function is_anomaly_enabled(): boolean {
  return anomaly() !== 'off';
}
/**
 * Whether it looks for NaN, too.
 * @example
 * torch.autograd.is_anomaly_check_nan_enabled(); // false
 */
export function is_anomaly_check_nan_enabled(): boolean {
  return anomaly() === 'nan';
}
