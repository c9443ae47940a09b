/** Where nodes were made, noted while anomaly detection is on. */
import { userStack } from '../user-stack.js';
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
  origins.set(node, { stack: userStack(noteOrigin), parent: running });
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
