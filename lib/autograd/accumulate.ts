/** Adding to the `.grad` of a leaf. */
import type { Tensor } from '../tensor.js';
import { recording } from './modes.js';

const sameLayout = (a: Tensor, b: Tensor): boolean => String(a.stride()) === String(b.stride());

function layoutLike(t: Tensor, grad: Tensor): Tensor {
  if (sameLayout(grad, t) || t.is_contiguous() === false) return grad.clone();
  return grad.is_contiguous() ? grad.clone() : grad.contiguous();
}

/** Adds to `t.grad`; `fresh`: nobody else sees this memory, so it may become `.grad` itself. */
export function accumulateGrad(t: Tensor, grad: Tensor, fresh: boolean, createGraph: boolean): void {
  const before = t.gradient;
  if (before === null) {
    const keeps = fresh && !createGraph && (grad.is_contiguous() ? t.is_contiguous() : sameLayout(grad, t));
    t.setGradient(keeps ? grad : layoutLike(t, grad), false);
    if (keeps)
      grad.counter = null; // how it was computed is nobody's business
    else if (fresh && !createGraph) grad.dispose();
  } else if (createGraph) {
    t.setGradient(before.add(grad), true);
  } else {
    recording(false, () => before.add_(grad));
    if (fresh) grad.dispose();
  }
  for (const hook of t.postAccumulateHooks ? [...t.postAccumulateHooks] : []) hook(t);
}
