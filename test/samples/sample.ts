import * as torch from 'strided';

/** A differentiable float64 input: its shape, and the open interval its values come from. */
export interface Input {
  shape: readonly number[];
  low: number;
  high: number;
  /** Values to use instead. */
  values?: readonly number[];
}

export type Layout = 'contiguous' | 'transposed' | 'sliced' | 'expanded';

/** One way of calling an op, whose gradients are to be right. */
export interface Sample {
  inputs: readonly Input[];
  run: (...inputs: any[]) => any;
  /** Its gradient has no gradient, in PyTorch neither. */
  once?: boolean;
  /** Layouts that make no sense here, for example where equal values have no gradient. */
  without?: readonly Layout[];
}

export type Samples = Record<string, () => Sample[]>;

/** Clear of 0, of whole numbers in small ranges and of one another: kinks and ties have no finite differences. */
const kLow = -1.95;
const kHigh = 1.95;

export const input = (shape: readonly number[], low = kLow, high = kHigh): Input => ({ shape, low, high });
export const positive = (shape: readonly number[]): Input => input(shape, 0.3, 2.2);
export const literal = (values: readonly number[]): Input => ({ shape: [values.length], low: 0, high: 0, values });

/** '2x3' is [2, 3], '.' the shape of a 0-d tensor. */
const shapeOf = (text: string): number[] => (text === '.' ? [] : text.split('x').map(Number));

/** `run` once for each list of input shapes: '2x3 3' are two inputs. */
export function over(run: Sample['run'], ...shapes: string[]): Sample[] {
  return shapes.map((list) => ({ run, inputs: list.split(' ').map((shape) => input(shapeOf(shape))) }));
}

export const without = (samples: Sample[], ...layouts: Layout[]): Sample[] =>
  samples.map((s) => ({ ...s, without: layouts }));

/** The same samples with inputs above zero. */
export const abovezero = (samples: Sample[]): Sample[] =>
  samples.map((s) => ({ ...s, inputs: s.inputs.map((i) => positive(i.shape)) }));

/** Indices of a shape; of one dimension where none is given. */
export const longs = (values: readonly number[], ...shape: number[]): torch.Tensor =>
  torch.tensor(values, { dtype: torch.int64 }).reshape(shape.length ? shape : [values.length]);

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The same numbers in every run, spread evenly over the interval; no two are equal within a sample. */
function valuesFor({ shape, low, high, values }: Input, which: number): number[] {
  if (values) return [...values];
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    const even = ((i + 1) * 0.6180339887 + which * 0.3819 + 0.07) % 1;
    const v = low + (high - low) * even;
    const kink = Math.abs(v * 2 - Math.round(v * 2)) < 0.06;
    return kink ? v + 0.07 * (v + 0.07 < high ? 1 : -1) : v;
  });
}

/** A leaf, and the function that gives the op's input from it. */
export interface Leaf {
  leaf: torch.Tensor;
  view: (leaf: torch.Tensor) => torch.Tensor;
}

function plainTensor(i: Input, which: number): torch.Tensor {
  return torch.tensor(valuesFor(i, which), { dtype: torch.float64 }).reshape([...i.shape]);
}

export function contiguousLeaf(i: Input, which: number): Leaf {
  return { leaf: plainTensor(i, which).requires_grad_(), view: (x) => x };
}

/** The input in a layout; null where its shape does not have that layout. */
export function leafOf(i: Input, layout: Layout, which: number): Leaf | null {
  const dims = i.shape.length;
  if (layout === 'contiguous') return contiguousLeaf(i, which);
  if (layout === 'transposed') {
    if (dims < 2) return null;
    const turned = plainTensor(i, which).transpose(0, -1).contiguous().transpose(0, -1);
    return { leaf: turned.detach().requires_grad_(), view: (x) => x };
  }
  if (layout === 'sliced') {
    if (dims < 1) return null;
    // Every other element from the second on, between numbers that would be noticed.
    const spread = torch.full([...i.shape, 2], Number.NaN, { dtype: torch.float64 });
    spread.select(dims, 1).copy_(plainTensor(i, which));
    return { leaf: spread.select(dims, 1).detach().requires_grad_(), view: (x) => x };
  }
  const d = i.shape.findIndex((n) => n > 1);
  if (d < 0 || i.values) return null;
  const leaf = plainTensor(i, which).narrow(d, 0, 1).clone().requires_grad_();
  return { leaf, view: (x) => x.expand([...i.shape]) };
}

/** The same calls in place, `name_` on a copy of the first input, where the result has its shape. */
export function inPlace(name: string, samples: Sample[]): Sample[] {
  const standIn = (x: torch.Tensor): object => ({
    [name]: (...args: unknown[]) => (x.clone() as unknown as Record<string, Sample['run']>)[`${name}_`]?.(...args),
    detach: () => x.detach(),
  });
  const keepsShape = ({ run, inputs }: Sample): boolean => {
    const out = run(...inputs.map((i, which) => contiguousLeaf(i, which).leaf));
    return String([...out.shape]) === String(inputs[0]?.shape);
  };
  return samples.filter(keepsShape).map((s) => ({ ...s, run: (x, ...rest) => s.run(standIn(x), ...rest) }));
}
