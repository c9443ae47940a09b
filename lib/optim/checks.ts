import { float32, float64, get_default_dtype } from '../dtype.js';
import { NotImplementedError, TypeError, ValueError } from '../errors.js';
import { floatRepr, repr } from '../nn/repr.js';
import { tensor } from '../ops/index.js';
import { Tensor } from '../tensor.js';
import { scalar } from './scalar.js';

/** Options that nearly all optimizers have. */
export interface CommonOptions {
  lr: number | Tensor;
  weight_decay: number;
  maximize: boolean;
  foreach: boolean | null;
  capturable: boolean;
  differentiable: boolean;
}

/** Options that are checked are floats. */
const shown = (value: number | Tensor): string => (typeof value === 'number' ? floatRepr(value) : repr(value));

export function checkLearningRate(lr: number | Tensor): void {
  if (lr instanceof Tensor && lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
  if (!(scalar(lr) >= 0)) throw new ValueError(`Invalid learning rate: ${shown(lr)}`);
}

/** Refuses negative values of the options that are named as in PyTorch's messages. */
export function checkNotNegative(options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(value >= 0)) throw new ValueError(`Invalid ${name} value: ${shown(value)}`);
  }
}

export function checkBetas(betas: readonly number[]): void {
  if (!Array.isArray(betas) || betas.length !== 2)
    throw new TypeError(`betas must be a list of two numbers, but got ${repr(betas)}`);
  for (const [index, beta] of betas.entries()) {
    if (!(beta >= 0 && beta < 1)) throw new ValueError(`Invalid beta parameter at index ${index}: ${shown(beta)}`);
  }
}

export function refuseDifferentiable(name: string, { differentiable }: { differentiable: boolean }): void {
  if (differentiable) throw new NotImplementedError(`${name}: differentiable is not supported`);
}

/** A count or product that PyTorch keeps as a tensor of one element, in float32 unless the default is float64. */
export const counter = (value: number): Tensor =>
  tensor(value, { dtype: get_default_dtype() === float64 ? float64 : float32 });

/** Adds 1 to a count of steps and returns it. */
export const advance = (step: Tensor): number => scalar(step.add_(1));
