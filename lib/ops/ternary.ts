/** Element-wise functions of three operands. */
import { RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { alsoUsed, compose, derive, inPlaceOf, op, overload } from './define.js';
import { refuseDtype } from './refusals.js';
import type { Scalar } from './schema-types.js';

/** `self` where `condition` holds, else `other`; broadcast together. @internal */
export const _where = op('_where(Tensor condition, Tensor|Scalar self, Tensor|Scalar other)', {
  native: 'where',
  method: false,
  backward: 'WhereBackward0',
});
derive(_where, {
  self: ['condition', (g, s) => _where(s.condition, g, 0)],
  other: ['condition', (g, s) => _where(s.condition, 0, g)],
});

/** A dtype as C++ calls it. */
const cName = (t: Tensor): string => C_NAMES[t.dtype.name] ?? t.dtype.scalarName;
const C_NAMES: Record<string, string> = {
  float32: 'float',
  float64: 'double',
  float16: 'c10::Half',
  bfloat16: 'c10::BFloat16',
};

type Bound = Tensor | Scalar | null;
const _clamp = op('_clamp(Tensor self, Tensor|Scalar min, Tensor|Scalar max)', {
  native: 'clamp',
  method: false,
  backward: 'ClampBackward1',
  backwardTensor: 'ClampBackward0',
});
derive(_clamp, {
  self: [
    ['self', 'min', 'max'],
    (g, s) => {
      // Between two numbers PyTorch leaves the bounds themselves out.
      const open = !(s.min instanceof Tensor) && !(s.max instanceof Tensor);
      const kept = open
        ? s.self.gt(s.min).logical_and(s.self.lt(s.max))
        : s.self.ge(s.min).logical_and(s.self.le(s.max));
      return _where(kept, g, 0);
    },
  ],
  min: [
    ['self', 'min', 'max'],
    (g, s) => {
      const low = s.self.lt(s.min as Tensor).logical_and((s.min as Tensor).lt(s.max as Tensor));
      return _where(low, g, 0);
    },
  ],
  max: [
    ['self', 'min', 'max'],
    (g, s) => {
      const high = s.self.gt(s.max as Tensor).logical_or((s.max as Tensor).lt(s.min as Tensor));
      return _where(high, g, 0);
    },
  ],
});

const refuseBool = (kernel: string, self: Tensor, bound: Tensor | Scalar): void => {
  if (self.dtype.name === 'bool' && typeof bound === 'boolean') refuseDtype(kernel, self.dtype);
};

type Sided = { self: Tensor; bound: Tensor | Scalar };
const below = (s: Sided, g: Tensor) => _where(s.self.le(s.bound), g, 0);
const above = (s: Sided, g: Tensor) => _where(s.self.ge(s.bound), g, 0);
// clamp() leaves a bound that is a number out, clamp_min() and clamp_max() do not: as PyTorch has it.
const inside = (s: Sided, g: Tensor, keeps: typeof below) =>
  s.bound instanceof Tensor ? keeps(s, g) : _where(s.self.eq(s.bound), 0, keeps(s, g));
const oneSided = (name: string, native: string, backward: string, backwardTensor: string, keeps: typeof below) => {
  const clampOne = op(`${name}(Tensor self, Tensor|Scalar bound)` as '_(Tensor self, Tensor|Scalar bound)', {
    native,
    backward,
    backwardTensor,
    method: false,
  });
  derive(clampOne, {
    self: [['self', 'bound'], (g, s) => keeps(s, g)],
    bound: [['self', 'bound'], (g, s) => g.sub(keeps(s, g))],
  });
  return clampOne;
};
const _clampLow = oneSided('_clamp_low', 'maximum', 'ClampBackward1', 'ClampBackward0', (s, g) => inside(s, g, above));
const _clampHigh = oneSided('_clamp_high', 'minimum', 'ClampBackward1', 'ClampBackward0', (s, g) =>
  inside(s, g, below),
);
const _clampMin = oneSided('_clamp_min', 'maximum', 'ClampMinBackward0', 'ClampMinBackward1', above);
const _clampMax = oneSided('_clamp_max', 'minimum', 'ClampMaxBackward0', 'ClampMaxBackward1', below);

/**
 * Elements below `min` become `min`, those above `max` become `max`.
 * @example
 * torch.tensor([-1, 0.5, 2]).clamp(0, 1); // tensor([0.0000, 0.5000, 1.0000])
 */
export const clamp = op('clamp(Tensor self, Tensor|Scalar? min=None, Tensor|Scalar? max=None)', {
  iterated: true,
  inplace: true,
  native: '',
});
compose(
  clamp,
  (self, min, max) => bounded(self, min, max),
  (self, min, max) => bounded(self, min, max, changing),
);
/**
 * clamp.
 * @example
 * torch.tensor([-1, 0.5, 2]).clip({ max: 1 }); // tensor([-1.0000,  0.5000,  1.0000])
 */
export const clip = op('clip(Tensor self, Tensor|Scalar? min=None, Tensor|Scalar? max=None)', {
  iterated: true,
  inplace: true,
  native: '',
});
compose(
  clip,
  (self, min, max) => bounded(self, min, max),
  (self, min, max) => bounded(self, min, max, changing),
);

type Call = (self: Tensor, ...bounds: (Tensor | Scalar)[]) => unknown;
const itself = (clampOp: Call): Call => clampOp;
const changing = (clampOp: Call): Call => inPlaceOf(clampOp as never) as Call;
function bounded(self: Tensor, min: Bound, max: Bound, form = itself): unknown {
  if (min === null && max === null)
    throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
  if (max === null) return form(_clampLow as unknown as Call)(self, min as Tensor);
  if (min === null) return form(_clampHigh as unknown as Call)(self, max);
  return form(_clamp as unknown as Call)(self, min, max);
}
/**
 * Elements below `min` become `min`.
 * @example
 * torch.tensor([1, 2, 3]).clamp_min(2); // tensor([2., 2., 3.])
 */
export const clamp_min = op('clamp_min(Tensor self, Tensor|Scalar min)', { inplace: true, iterated: true });
compose(
  clamp_min,
  (self, min) => {
    refuseBool('clamp_min_scalar_cpu', self, min);
    return _clampMin(self, min);
  },
  (self, min) => {
    refuseBool('clamp_min_scalar_cpu', self, min);
    return inPlaceOf(_clampMin)(self, min);
  },
);
/**
 * Elements above `max` become `max`.
 * @example
 * torch.tensor([1, 2, 3]).clamp_max(2); // tensor([1., 2., 2.])
 */
export const clamp_max = op('clamp_max(Tensor self, Tensor|Scalar max)', { inplace: true, iterated: true });
compose(
  clamp_max,
  (self, max) => {
    refuseBool('clamp_max_scalar_cpu', self, max);
    return _clampMax(self, max);
  },
  (self, max) => {
    refuseBool('clamp_max_scalar_cpu', self, max);
    return inPlaceOf(_clampMax)(self, max);
  },
);

const _lerp = op('_lerp(Tensor self, Tensor end, Tensor|Scalar weight)', {
  native: 'lerp',
  method: false,
  backward: 'LerpBackward0',
  backwardTensor: 'LerpBackward1',
});
derive(_lerp, {
  self: ['weight', (g, s) => g.mul(rest(s.weight))],
  end: ['weight', (g, s) => g.mul(s.weight)],
  weight: [['self', 'end'], (g, s) => g.mul(s.end.sub(s.self))],
});
const rest = (w: Tensor | Scalar) => (w instanceof Tensor ? w.neg().add(1) : 1 - Number(w));
/**
 * self + weight * (end - self)
 * @example
 * torch.lerp(torch.tensor([0, 10]), torch.tensor([10, 20]), 0.5); // tensor([ 5., 15.])
 */
export const lerp = op('lerp(Tensor self, Tensor end, Tensor|Scalar weight)', {
  native: '',
  inplace: true,
  iterated: true,
});
function checkLerp(self: Tensor, end: Tensor, weight: Tensor | Scalar): void {
  const refuse = (name: string, given: Tensor): never => {
    throw new RuntimeError(`expected dtype ${cName(self)} for \`${name}\` but got dtype ${cName(given)}`);
  };
  if (end.dtype !== self.dtype) refuse('end', end);
  if (weight instanceof Tensor && weight.dtype !== self.dtype) refuse('weight', weight);
}
compose(
  lerp,
  (self, end, weight) => {
    checkLerp(self, end, weight);
    return _lerp(self, end, weight);
  },
  (self, end, weight) => {
    checkLerp(self, end, weight);
    return inPlaceOf(_lerp)(self, end, weight);
  },
);

/**
 * self + value * tensor1 * tensor2
 * @example
 * torch.addcmul(torch.ones(2), torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor([4., 9.])
 */
export const addcmul = op('addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1)', {
  inplace: true,
  iterated: true,
});
derive(addcmul, {
  self: (g) => g,
  tensor1: ['tensor2', (g, s) => g.mul(s.tensor2.mul(s.value))],
  tensor2: ['tensor1', (g, s) => g.mul(s.tensor1.mul(s.value))],
});
/**
 * self + value * tensor1 / tensor2
 * @example
 * torch.addcdiv(torch.ones(2), torch.tensor([1, 2]), torch.tensor([2, 4])); // tensor([1.5000, 1.5000])
 */
export const addcdiv = op('addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1)', {
  inplace: true,
  iterated: true,
});
alsoUsed('add_divided');
derive(addcdiv, {
  self: (g) => g,
  tensor1: ['tensor2', (g, s) => g.mul(s.value).div(s.tensor2)],
  tensor2: [
    ['tensor1', 'tensor2'],
    (g, s) =>
      g
        .mul(s.value)
        .neg()
        .mul(s.tensor1.div(s.tensor2.mul(s.tensor2))),
  ],
});

const whereThree = op('where(Tensor condition, Tensor|Scalar self, Tensor|Scalar other)', {
  iterated: true,
  native: '',
  method: false,
});
compose(whereThree, (condition, self, other) => _where(condition, self, other));
const whereOne = op('where.indices(Tensor condition) -> Tensor[]', { native: '' });
compose(whereOne, (condition) => condition.nonzero({ as_tuple: true }));
/**
 * `self` where `condition` holds, else `other`; with the condition alone: the indices where it holds.
 * @example
 * torch.where(torch.tensor([true, false]), torch.tensor([1, 2]), 0); // tensor([1., 0.])
 */
export const where = overload('where', [whereThree, whereOne]);
