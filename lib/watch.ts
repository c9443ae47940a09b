/** How torch.tidy() hears of tensors; nobody else pays more than a comparison. */
import type { Tensor } from './tensor.js';

export interface Watcher {
  made(t: Tensor): void;
  /** `owner.grad` was set. */
  gradSet(owner: Tensor): void;
}

/** Null while no tidy() runs. */
export let watcher: Watcher | null = null;

export function setWatcher(next: Watcher | null): void {
  watcher = next;
}
