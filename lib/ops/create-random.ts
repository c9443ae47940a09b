/** Random ops that are no methods: new tensors of samples, and dropout. */
import { int64 } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import type { Generator } from '../random.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op, overload } from './define.js';
import { LIKE_OPTIONS, make, makeLike, OPTIONS } from './factory.js';
import { nativeCall, nativeChange } from './native-call.js';
import { empty_as, empty_sized, full_sized } from './natives.js';
import type { Scalar } from './schema-types.js';

// On new tensors, whose version stays 0.
const uniform = nativeChange('uniform_(Tensor self, float from, float to, Generator? generator)');
const normalSamples = nativeChange('normal_(Tensor self, float mean, float std, Generator? generator)');
const randomFrom = nativeChange('random_from(Tensor self, Scalar from, Scalar? to, Generator? generator)');
const keepWith = nativeChange('bernoulli_(Tensor self, float p, Generator? generator)');

/**
 * Samples from the uniform distribution over [0, 1).
 * @example
 * torch.rand(2, 3);
 */
export const rand = op(`rand(int... size, *, Generator? generator=None, ${OPTIONS})`, { method: false });
compose(rand, (size, generator, ...options) =>
  make((dtype) => uniform(empty_sized(size, dtype), 0, 1, generator), options),
);

/**
 * Samples from the standard normal distribution.
 * @example
 * torch.manual_seed(0);
 * torch.randn(3); // tensor([ 1.5410, -0.2934, -2.1788])
 */
export const randn = op(`randn(int... size, *, Generator? generator=None, ${OPTIONS})`, { method: false });
compose(randn, (size, generator, ...options) =>
  make((dtype) => normalSamples(empty_sized(size, dtype), 0, 1, generator), options),
);

function integers(name: string, out: Tensor, low: Scalar, high: Scalar, generator: Generator | null): Tensor {
  for (const [argument, value] of [
    ['low', low],
    ['high', high],
  ] as const) {
    if (typeof value === 'number' && !Number.isInteger(value))
      throw new TypeError(`${name}(): argument '${argument}' must be int, not float`);
  }
  return randomFrom(out, low, high, generator);
}

const randintTo = op(`randint(Scalar high, int[] size, *, Generator? generator=None, ${OPTIONS})`, { method: false });
compose(randintTo, (high, size, generator, ...options) =>
  make((dtype) => integers('randint', empty_sized(size, dtype), 0, high, generator), options, int64),
);
const randintFrom = op(`randint.low(Scalar low, Scalar high, int[] size, *, Generator? generator=None, ${OPTIONS})`, {
  method: false,
});
compose(randintFrom, (low, high, size, generator, ...options) =>
  make((dtype) => integers('randint', empty_sized(size, dtype), low, high, generator), options, int64),
);
/**
 * Whole numbers from `low` (0) to before `high`, int64.
 * @example
 * torch.randint(1, 7, [2]);
 */
export const randint = overload('randint', [randintTo, randintFrom], { method: false });

/**
 * The whole numbers from 0 to before `n` in random order, int64.
 * @example
 * torch.randperm(4).sort().values; // tensor([0, 1, 2, 3])
 */
export const randperm = op(`randperm(int n, *, Generator? generator=None, ${OPTIONS})`, { native: '', method: false });
compose(randperm, (n, generator, ...options) => make((dtype) => permutation(n, dtype, generator), options, int64));
const permutation = nativeCall<Tensor>('randperm(int n, dtype dtype, Generator? generator)');

/**
 * Samples from the uniform distribution over [0, 1) in the shape of `self`.
 * @example
 * torch.rand_like(torch.ones(2, 3)).shape; // [2, 3]
 */
export const rand_like = op(`rand_like(Tensor self, *, Generator? generator=None, ${LIKE_OPTIONS})`, { method: false });
compose(rand_like, (self, generator, ...options) => makeLike(self, options, (out) => uniform(out, 0, 1, generator)));
/**
 * Samples from the standard normal distribution in the shape of `self`.
 * @example
 * torch.randn_like(torch.ones(2, 3)).shape; // [2, 3]
 */
export const randn_like = op(`randn_like(Tensor self, *, Generator? generator=None, ${LIKE_OPTIONS})`, {
  method: false,
});
compose(randn_like, (self, generator, ...options) =>
  makeLike(self, options, (out) => normalSamples(out, 0, 1, generator)),
);

const randintLikeTo = op(`randint_like(Tensor self, Scalar high, *, Generator? generator=None, ${LIKE_OPTIONS})`, {
  method: false,
});
compose(randintLikeTo, (self, high, generator, ...options) =>
  makeLike(self, options, (out) => integers('randint_like', out, 0, high, generator)),
);
const randintLikeFrom = op(
  `randint_like.low(Tensor self, Scalar low, Scalar high, *, Generator? generator=None, ${LIKE_OPTIONS})`,
  { method: false },
);
compose(randintLikeFrom, (self, low, high, generator, ...options) =>
  makeLike(self, options, (out) => integers('randint_like', out, low, high, generator)),
);
/**
 * Whole numbers from `low` (0) to before `high` in the shape and dtype of `self`.
 * @example
 * torch.randint_like(torch.ones(2, 3), 10).dtype; // torch.float32
 */
export const randint_like = overload('randint_like', [randintLikeTo, randintLikeFrom], { method: false });

function checkStd(std: Tensor | number): void {
  if (typeof std === 'number') {
    if (!(std >= 0)) throw new RuntimeError(`normal expects std >= 0.0, but found std ${std}`);
  } else if (std.numel() > 0 && std.min().item() < 0) {
    throw new RuntimeError('normal expects all elements of std >= 0.0');
  }
}

const normalTensorTensor = op('normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None)', {
  method: false,
  backward: 'NormalBackward3',
});
derive(normalTensorTensor, { mean: (g) => g.new_zeros(g.shape), std: (g) => g.new_zeros(g.shape) });
implement(normalTensorTensor, (mean, std, generator) => {
  checkStd(std);
  const shape = sameShape(mean.shape, std.shape) ? mean.shape : mean.add(std).shape;
  return normalSamples(empty_sized(shape, mean.dtype), 0, 1, generator).mul_(std).add_(mean);
});
const normalTensorFloat = op('normal.Tensor_float(Tensor mean, float std=1, *, Generator? generator=None)', {
  method: false,
  backward: 'NormalBackward1',
});
derive(normalTensorFloat, { mean: (g) => g.new_zeros(g.shape) });
implement(normalTensorFloat, (mean, std, generator) => {
  checkStd(std);
  return normalSamples(empty_sized(mean.shape, mean.dtype), 0, std, generator).add_(mean);
});
const normalFloatTensor = op('normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None)', {
  method: false,
  backward: 'NormalBackward2',
});
derive(normalFloatTensor, { std: (g) => g.new_zeros(g.shape) });
implement(normalFloatTensor, (mean, std, generator) => {
  checkStd(std);
  return normalSamples(empty_sized(std.shape, std.dtype), 0, 1, generator).mul_(std).add_(mean);
});
const normalSized = op(
  `normal.float_float(float mean, float std, int[] size, *, Generator? generator=None, ${OPTIONS})`,
  { method: false },
);
compose(normalSized, (mean, std, size, generator, ...options) =>
  make((dtype) => normalSamples(empty_sized(size, dtype), mean, std, generator), options),
);
/**
 * Samples from normal distributions: `mean` and `std` are tensors or numbers; two numbers need a `size`.
 * @example
 * torch.normal(0, 1, [2, 2]);
 */
export const normal = overload('normal', [normalTensorTensor, normalTensorFloat, normalFloatTensor, normalSized], {
  method: false,
});

/**
 * Samples from the Poisson distributions whose rates are in `self`, in its dtype.
 * @example
 * torch.poisson(torch.zeros(2)); // tensor([0., 0.])
 */
export const poisson = op('poisson(Tensor self, Generator? generator=None)', { method: false });
derive(poisson, { self: (g) => g.new_zeros(g.shape) });

type Write = 'copy' | 'in-place';

/** PyTorch's dropout: noise of the form that `kind` names, times the input. */
function drop(input: Tensor, p: number, train: boolean, { alpha = false, feature = false }, write: Write): Tensor {
  if (!(p >= 0 && p <= 1)) throw new RuntimeError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (p === 0 || !train || input.numel() === 0) return input;
  const multiply = (by: Tensor) => (write === 'in-place' ? input.mul_(by) : input.mul(by));
  if (p === 1) return multiply(full_sized([], 0, input.dtype));
  const noise = keepWith(feature ? emptyFeatures(input) : empty_as(input, input.dtype), 1 - p, null);
  if (!alpha) return multiply(noise.div_(1 - p));
  const saturation = 1.7580993408473766;
  const scale = 1 / Math.sqrt((saturation * saturation * p + 1) * (1 - p));
  const shift = noise
    .add(-1)
    .mul_(saturation * scale)
    .add_(saturation * scale * p);
  return multiply(noise.mul_(scale)).add_(shift);
}

function emptyFeatures(input: Tensor): Tensor {
  if (input.dim() < 2) throw new RuntimeError('Feature dropout requires at least 2 dimensions in the input');
  return empty_sized(
    input.shape.map((n, d) => (d < 2 ? n : 1)),
    input.dtype,
  );
}

const asFunction = { method: false } as const;
/**
 * While training, zeros with probability `p` in place of elements and the others divided by 1 - p; else `input` itself.
 * @example
 * torch.dropout(torch.ones(4), 0.5, true); // zeros and twos
 */
export const dropout = op('dropout(Tensor input, float p, bool train)', asFunction);
compose(dropout, (input, p, train) => drop(input, p, train, {}, 'copy'));
/**
 * dropout() in `input` itself.
 * @example
 * torch.dropout_(torch.ones(2), 0, true); // tensor([1., 1.])
 */
export const dropout_ = op('dropout_(Tensor input, float p, bool train)', asFunction);
compose(dropout_, (input, p, train) => drop(input, p, train, {}, 'in-place'));
/**
 * Dropout of whole channels, the second dimension.
 * @example
 * torch.feature_dropout(torch.ones(1, 2), 0.5, false); // tensor([[1., 1.]])
 */
export const feature_dropout = op('feature_dropout(Tensor input, float p, bool train)', asFunction);
compose(feature_dropout, (input, p, train) => drop(input, p, train, { feature: true }, 'copy'));
/**
 * feature_dropout() in `input` itself.
 * @example
 * torch.feature_dropout_(torch.ones(1, 2), 0.5, false); // tensor([[1., 1.]])
 */
export const feature_dropout_ = op('feature_dropout_(Tensor input, float p, bool train)', asFunction);
compose(feature_dropout_, (input, p, train) => drop(input, p, train, { feature: true }, 'in-place'));
/**
 * Dropout that keeps the mean and the deviation of selu's results.
 * @example
 * torch.alpha_dropout(torch.ones(2), 0.5, false); // tensor([1., 1.])
 */
export const alpha_dropout = op('alpha_dropout(Tensor input, float p, bool train)', asFunction);
compose(alpha_dropout, (input, p, train) => drop(input, p, train, { alpha: true }, 'copy'));
/**
 * alpha_dropout() in `input` itself.
 * @example
 * torch.alpha_dropout_(torch.ones(2), 0.5, false); // tensor([1., 1.])
 */
export const alpha_dropout_ = op('alpha_dropout_(Tensor input, float p, bool train)', asFunction);
compose(alpha_dropout_, (input, p, train) => drop(input, p, train, { alpha: true }, 'in-place'));
/**
 * alpha_dropout() of whole channels.
 * @example
 * torch.feature_alpha_dropout(torch.ones(1, 2), 0.5, false); // tensor([[1., 1.]])
 */
export const feature_alpha_dropout = op('feature_alpha_dropout(Tensor input, float p, bool train)', asFunction);
compose(feature_alpha_dropout, (input, p, train) => drop(input, p, train, { alpha: true, feature: true }, 'copy'));
/**
 * feature_alpha_dropout() in `input` itself.
 * @example
 * torch.feature_alpha_dropout_(torch.ones(1, 2), 0.5, false); // tensor([[1., 1.]])
 */
export const feature_alpha_dropout_ = op('feature_alpha_dropout_(Tensor input, float p, bool train)', asFunction);
compose(feature_alpha_dropout_, (input, p, train) => drop(input, p, train, { alpha: true, feature: true }, 'in-place'));
