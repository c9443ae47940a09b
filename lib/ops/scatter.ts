/** gather, scatter and their kin: an index for every element, along one dimension; reductions into those named. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op, overload } from './define.js';
import { changing, pair } from './pair.js';
import type { Saved } from './schema-types.js';

const zeros = (g: Tensor, shape: readonly number[]) => g.new_zeros([...shape]);

/**
 * Along `dim` the elements that `index` numbers: out[i][j] = self[index[i][j]][j] for dim 0.
 * @example
 * torch.eye(2).gather(1, torch.tensor([[0n], [0n]])); // tensor([[1.], [0.]])
 */
export const gather = op('gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False)', {
  apart: true,
});
derive(gather, { self: ['index', (g, s) => zeros(g, s.shape).scatter_add(s.dim, s.index, g)] });

// How the binary numbers what happens to the element that is there (native/kernels/index.h).
const ASSIGN = 0;
const COMBINE: Record<string, number> = { add: 1, multiply: 2 };

const scatterTensor = pair('_scatter_tensor(Tensor self, int dim, Tensor index, Tensor src, int combine)', {
  changes: 'scatter_',
  method: false,
  backward: 'ScatterBackward0',
});
derive(scatterTensor, {
  self: ['index', (g, s) => assigned(s.combine) && g.scatter(s.dim, s.index, 0)],
  src: ['index', (g, s) => assigned(s.combine) && g.gather(s.dim, s.index)],
});
const scatterNumber = pair('_scatter_number(Tensor self, int dim, Tensor index, Scalar value, int combine)', {
  changes: 'scatter_value_',
  method: false,
  backward: 'ScatterBackward1',
});
derive(scatterNumber, { self: ['index', (g, s) => assigned(s.combine) && g.scatter(s.dim, s.index, 0)] });

function assigned(combine: number): true {
  if (combine === ASSIGN) return true;
  throw new RuntimeError('derivative for scatter with reduce is not implemented; use scatter_reduce or scatter_add');
}

function combination(reduce: string | null): number {
  if (reduce === null) return ASSIGN;
  const code = COMBINE[reduce];
  if (code === undefined) throw new RuntimeError('reduce argument must be either add or multiply.');
  return code;
}

const scatterSrc = op('scatter.src(Tensor self, int dim, Tensor index, Tensor src, *, str? reduce=None)', {
  native: '',
  apart: true,
});
compose(scatterSrc, (self, dim, index, src, reduce) => scatterTensor(self, dim, index, src, combination(reduce)));
const scatterValue = op('scatter(Tensor self, int dim, Tensor index, Scalar value, *, str? reduce=None)', {
  native: '',
  method: false,
});
compose(scatterValue, (self, dim, index, value, reduce) => scatterNumber(self, dim, index, value, combination(reduce)));
/**
 * `self` with elements of `src` (or a number) written along `dim` where `index` says: out[index[i][j]][j] = src[i][j]
 * for dim 0; `reduce` 'add' or 'multiply' combines them with what is there.
 * @example
 * torch.zeros(1, 3).scatter(1, torch.tensor([[2n]]), 5); // tensor([[0., 0., 5.]])
 */
export const scatter = overload('scatter', [scatterSrc, scatterValue], { inplace: true });

const changeSrc = op('scatter_.src(Tensor self, int dim, Tensor index, Tensor src, *, str? reduce=None)', {
  native: '',
});
compose(changeSrc, (self, dim, index, src, reduce) =>
  changing(scatterTensor)(self, dim, index, src, combination(reduce)),
);
const changeValue = op('scatter_(Tensor self, int dim, Tensor index, Scalar value, *, str? reduce=None)', {
  native: '',
  method: false,
});
compose(changeValue, (self, dim, index, value, reduce) =>
  changing(scatterNumber)(self, dim, index, value, combination(reduce)),
);
/**
 * @internal
 * @example
 * torch.zeros(1, 3).scatter_(1, torch.tensor([[2n]]), 5); // tensor([[0., 0., 5.]])
 */
export const scatter_ = overload('scatter_', [changeSrc, changeValue]);

const adding = pair('_scatter_add(Tensor self, int dim, Tensor index, Tensor src, int combine)', {
  changes: 'scatter_',
  method: false,
  backward: 'ScatterAddBackward0',
});
derive(adding, { self: (g) => g, src: ['index', (g, s) => g.gather(s.dim, s.index)] });
/**
 * `self` with elements of `src` added along `dim` where `index` says; those that meet sum up.
 * @example
 * torch.zeros(2).scatter_add(0, torch.tensor([0n, 0n, 1n]), torch.tensor([1, 2, 3])); // tensor([3., 3.])
 */
export const scatter_add = op('scatter_add(Tensor self, int dim, Tensor index, Tensor src)', {
  native: '',
  inplace: true,
});
compose(scatter_add, (self, dim, index, src) => adding(self, dim, index, src, COMBINE.add as number));
/**
 * @internal
 * @example
 * torch.zeros(2).scatter_add_(0, torch.tensor([0n, 0n, 1n]), torch.tensor([1, 2, 3])); // tensor([3., 3.])
 */
export const scatter_add_ = op('scatter_add_(Tensor self, int dim, Tensor index, Tensor src)', { native: '' });
compose(scatter_add_, (self, dim, index, src) => changing(adding)(self, dim, index, src, COMBINE.add as number));

const REDUCTIONS = ['sum', 'prod', 'mean', 'amax', 'amin']; // in the order of native/ops/index_reduce.h

/** One reduction by two kinds of index: an element each (scatter_reduce) or a slice each (index_reduce). */
interface Addressing {
  readonly name: string;
  readonly source: string;
  read(from: Tensor): Tensor;
  add(to: Tensor, values: Tensor): Tensor;
  clear(of: Tensor): Tensor;
  reduce(to: Tensor, values: Tensor): Tensor;
}

interface Reduced {
  readonly self: Tensor;
  readonly src: Tensor;
  readonly result: Tensor;
  readonly name: string;
  readonly includeSelf: boolean;
}

const numbers = (mask: Tensor, like: Tensor) => mask.to(like.dtype);

/** The gradients of a reduction with respect to what was there, and to what came. */
function gradientOfSelf(g: Tensor, r: Reduced, at: Addressing): Tensor {
  const full = wholeGradient(g, r, at);
  return r.includeSelf ? full : at.clear(full);
}

function wholeGradient(g: Tensor, r: Reduced, at: Addressing): Tensor {
  switch (r.name) {
    case 'prod': {
      // The product of all others: with this element 1 where it is 0, for then nothing can be divided away.
      const present = r.self.masked_fill(r.self.eq(0), 1);
      return g.mul(at.reduce(present, r.src)).div(present);
    }
    case 'mean':
      return g.div(count(g, r, at));
    case 'amax':
    case 'amin':
      return share(g, r, at).mul(numbers(r.self.eq(r.result), g));
    default:
      return g;
  }
}

function gradientOfSrc(g: Tensor, r: Reduced, at: Addressing): Tensor {
  switch (r.name) {
    case 'prod':
      return gradientOfFactor(g, r, at);
    case 'mean':
      return at.read(g.div(count(g, r, at)));
    case 'amax':
    case 'amin':
      return at.read(share(g, r, at)).mul(numbers(r.src.eq(at.read(r.result)), g));
    default:
      return at.read(g);
  }
}

function count(g: Tensor, r: Reduced, at: Addressing): Tensor {
  const start = r.includeSelf ? g.detach().new_ones([...g.shape]) : zeros(g.detach(), g.shape);
  const n = at.add(start, r.src.detach().new_ones([...r.src.shape]));
  return n.masked_fill(n.eq(0), 1);
}

/** All elements that equal an extreme share its gradient. */
function share(g: Tensor, r: Reduced, at: Addressing): Tensor {
  const hits = numbers(r.src.eq(at.read(r.result)), g);
  return g.div(at.add(numbers(r.self.eq(r.result), g), hits));
}

function gradientOfFactor(g: Tensor, r: Reduced, at: Addressing): Tensor {
  const isZero = r.src.eq(0);
  const zerosThere = at.read(at.add(zeros(r.self.detach(), r.self.shape), numbers(isZero, r.src)));
  // Where one factor is 0, its gradient is the product of the others; where several are, all gradients are 0.
  const lone = isZero.logical_and(zerosThere.eq(1));
  const without = at.reduce(r.self, r.src.masked_fill(lone, 1));
  const others = at.read(g.mul(r.result)).div(r.src.masked_fill(isZero, 1));
  const out = others.masked_fill(lone, 0).add(at.read(g.mul(without)).masked_fill(lone.logical_not(), 0));
  // The value is right even so; a second derivative through it would not be.
  if (out.requires_grad && zerosThere.gt(1).any().item()) {
    out.register_hook(() => {
      throw new RuntimeError(
        `${at.name}(): double backward is unsupported for ${at.source} when >1 zeros in ${at.source} are scattered to the same position in self`,
      );
    });
  }
  return out;
}

const reducing = pair(
  '_scatter_reduce(Tensor self, int dim, Tensor index, Tensor src, int reduce, bool include_self)',
  {
    changes: 'scatter_reduce_',
    method: false,
    backward: 'ScatterReduceBackward0',
  },
);
type ReduceSaved =
  Saved<'_scatter_reduce(Tensor self, int dim, Tensor index, Tensor src, int reduce, bool include_self)'>;
const scattered = (s: ReduceSaved): [Reduced, Addressing] => [
  { self: s.self, src: s.src, result: s.result, name: REDUCTIONS[s.reduce] as string, includeSelf: s.include_self },
  {
    name: 'scatter_reduce',
    source: 'src',
    read: (from) => from.gather(s.dim, s.index),
    add: (to, values) => to.scatter_add(s.dim, s.index, values),
    clear: (of) => of.scatter(s.dim, s.index, 0),
    reduce: (to, values) => reducing(to, s.dim, s.index, values, s.reduce, s.include_self),
  },
];
const REDUCE_USES = ['self', 'index', 'src', 'result'] as const;
derive(reducing, {
  self: [REDUCE_USES, (g, s) => gradientOfSelf(g, ...scattered(s))],
  src: [REDUCE_USES, (g, s) => gradientOfSrc(g, ...scattered(s))],
});

function reduction(name: string, refuse: string): number {
  const code = REDUCTIONS.indexOf(name);
  if (code < 0) throw new RuntimeError(refuse);
  return code;
}
const scatterReduction = (name: string) =>
  reduction(name, `reduce argument must be either sum, prod, mean, amax or amin, got ${name}`);

/**
 * `self` with elements of `src` reduced along `dim` into those that `index` names: 'sum', 'prod', 'mean', 'amax' or
 * 'amin', of these and, where `include_self`, the element that was there.
 * @example
 * torch.zeros(2).scatter_reduce(0, torch.tensor([0n, 0n, 1n]), torch.tensor([1, 2, 3]), 'amax'); // tensor([2., 3.])
 */
export const scatter_reduce = op(
  'scatter_reduce(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True)',
  {
    native: '',
    inplace: true,
  },
);
compose(scatter_reduce, (self, dim, index, src, reduce, include_self) =>
  reducing(self, dim, index, src, scatterReduction(reduce), include_self),
);
/**
 * @internal
 * @example
 * torch.zeros(2).scatter_reduce_(0, torch.tensor([0n, 0n, 1n]), torch.tensor([1, 2, 3]), 'amax'); // tensor([2., 3.])
 */
export const scatter_reduce_ = op(
  'scatter_reduce_(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True)',
  {
    native: '',
  },
);
compose(scatter_reduce_, (self, dim, index, src, reduce, include_self) =>
  changing(reducing)(self, dim, index, src, scatterReduction(reduce), include_self),
);

const indexReducing = pair(
  '_index_reduce(Tensor self, int dim, Tensor index, Tensor source, int reduce, bool include_self)',
  {
    changes: 'index_reduce_',
    method: false,
    backward: 'IndexReduceBackward0',
  },
);
type IndexSaved =
  Saved<'_index_reduce(Tensor self, int dim, Tensor index, Tensor source, int reduce, bool include_self)'>;
const indexed = (s: IndexSaved): [Reduced, Addressing] => [
  { self: s.self, src: s.source, result: s.result, name: REDUCTIONS[s.reduce] as string, includeSelf: s.include_self },
  {
    name: 'index_reduce',
    source: 'source',
    read: (from) => from.index_select(s.dim, s.index),
    add: (to, values) => to.index_add(s.dim, s.index, values),
    clear: (of) => of.index_fill(s.dim, s.index, 0),
    reduce: (to, values) => indexReducing(to, s.dim, s.index, values, s.reduce, s.include_self),
  },
];
const INDEX_USES = ['self', 'index', 'source', 'result'] as const;
derive(indexReducing, {
  self: [INDEX_USES, (g, s) => gradientOfSelf(g, ...indexed(s))],
  source: [INDEX_USES, (g, s) => gradientOfSrc(g, ...indexed(s))],
});
const indexReduction = (name: string) =>
  reduction(
    name === 'sum' ? '' : name,
    `index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ${name}.`,
  );

/**
 * `self` with slices of `source` reduced into those of `dim` that `index` numbers: 'prod', 'mean', 'amax' or 'amin'.
 * @example
 * torch.ones(2).index_reduce(0, torch.tensor([0n, 0n]), torch.tensor([2, 3]), 'prod'); // tensor([6., 1.])
 */
export const index_reduce = op(
  'index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True)',
  {
    native: '',
    inplace: true,
  },
);
compose(index_reduce, (self, dim, index, source, reduce, include_self) =>
  indexReducing(self, dim, index, source, indexReduction(reduce), include_self),
);
/**
 * @internal
 * @example
 * torch.ones(2).index_reduce_(0, torch.tensor([0n, 0n]), torch.tensor([2, 3]), 'prod'); // tensor([6., 1.])
 */
export const index_reduce_ = op(
  'index_reduce_(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True)',
  {
    native: '',
  },
);
compose(index_reduce_, (self, dim, index, source, reduce, include_self) =>
  changing(indexReducing)(self, dim, index, source, indexReduction(reduce), include_self),
);
