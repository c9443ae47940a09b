/** Where nodes were made, noted while anomaly detection is on. */
import type { Node } from './node.js';

interface Origin {
  /** The JavaScript stack of the forward call. */
  readonly stack: string;
  /** The node whose backward made this one. */
  readonly parent: Node | null;
}

const origins = new WeakMap<Node, Origin>();
let running: Node | null = null;

export const originOf = (node: Node): Origin | undefined => origins.get(node);

export function noteOrigin(node: Node): void {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, noteOrigin);
  const stack = (holder.stack ?? '').split('\n').slice(1).join('\n');
  origins.set(node, { stack, parent: running });
}

/** Runs `fn`, to which nodes that are made meanwhile are put down. */
export function inducedBy<T>(node: Node, fn: () => T): T {
  const outer = running;
  running = node;
  try {
    return fn();
  } finally {
    running = outer;
  }
}
