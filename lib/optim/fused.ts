/** Steps that run as one native pass over many parameters: the arithmetic of PyTorch's loop over single tensors. */
import { float32, float64 } from '../dtype.js';
import { nativeCall } from '../ops/native-call.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';

/** Parameters with their gradients and, list by list, what is remembered about them. */
export interface Batch {
  params: Tensor[];
  gradients: Tensor[];
  states: Tensor[][];
}

const STATES = 'Tensor[] params, Tensor[] gradients, Tensor[]';
const sgd = nativeCall(
  `fused_sgd_(${STATES} buffers, float sign, float lr, float weight_decay, float momentum, float dampening, ` +
    'bool nesterov, bool first) -> bool',
);
const adam = nativeCall(
  `fused_adam_(${STATES} means, Tensor[] squares, Tensor[] largest, float sign, float beta1, float beta2, ` +
    'float shrink, float weight_decay, float step_size, float root_correction, float eps) -> bool',
);
const rmsprop = nativeCall(
  `fused_rmsprop_(${STATES} squares, Tensor[] means, Tensor[] buffers, float sign, float lr, float alpha, float eps, ` +
    'float weight_decay, float momentum) -> bool',
);
const adagrad = nativeCall(
  `fused_adagrad_(${STATES} sums, float sign, float lr, float weight_decay, float eps) -> bool`,
);

/** A native step as a function of a batch: lists, then `constants` in the order of the native op. */
const pass = (call: (...values: unknown[]) => unknown, lists: number) => {
  return ({ params, gradients, states }: Batch, ...constants: (number | boolean)[]): void => {
    const given = Array.from({ length: lists }, (_, i) => states[i] ?? []);
    call(params, gradients, ...given, ...constants);
    for (const changed of [params, ...states]) for (const tensor of changed) tensor.bump();
  };
};

export const fused = { sgd: pass(sgd, 1), adam: pass(adam, 3), rmsprop: pass(rmsprop, 3), adagrad: pass(adagrad, 1) };

const fits = (tensor: Tensor, param: Tensor): boolean =>
  tensor.dtype === param.dtype && tensor.is_contiguous() && sameShape(tensor.shape, param.shape);

/** Collects parameters that can share a pass: those of one dtype and one key, such as the number of the step. */
export class Batches {
  readonly #byKey = new Map<number, Batch & { key: number }>();

  /** Takes a parameter in; false where the native kernels cannot update it. A missing state has to miss for all. */
  take(key: number, param: Tensor, gradient: Tensor, states: (Tensor | undefined)[]): boolean {
    const { dtype } = param;
    if (dtype !== float32 && dtype !== float64) return false;
    if (!param.is_contiguous() || !sameShape(gradient.shape, param.shape) || gradient.dtype !== dtype) return false;
    if (states.some((state) => state !== undefined && !fits(state, param))) return false;
    const place = 2 * key + (dtype === float64 ? 1 : 0);
    let batch = this.#byKey.get(place);
    if (batch === undefined) {
      batch = { key, params: [], gradients: [], states: states.map(() => []) };
      this.#byKey.set(place, batch);
    }
    batch.params.push(param);
    batch.gradients.push(gradient.contiguous());
    for (const [i, state] of states.entries()) if (state !== undefined) batch.states[i]?.push(state);
    return true;
  }

  [Symbol.iterator](): Iterator<Batch & { key: number }> {
    return this.#byKey.values();
  }
}
