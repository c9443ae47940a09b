/** torch.func.vmap: a function of one example as a function of a batch. */
import { RuntimeError, ValueError } from '../errors.js';
import { stack } from '../ops/index.js';
import { isOptions } from '../ops/schema.js';
import { get_rng_state, set_rng_state } from '../random.js';
import { Tensor } from '../tensor.js';
import { flatten, kindOf, type Shape, specText, spread, unflatten } from './tree.js';

type Fn = (...args: any[]) => any;
/** A dimension for all tensors, or one for each in lists and objects as the arguments are nested; null: none. */
export type Dims = number | null | readonly Dims[] | { readonly [key: string]: Dims };

export interface VmapOptions {
  /** The dimension of each input that counts the examples, null for inputs that all examples share; 0. */
  in_dims?: Dims;
  /** Where that dimension is in the outputs; 0. */
  out_dims?: Dims;
  /** Whether random numbers in the function are refused, differ between examples, or are the same; 'error'. */
  randomness?: 'error' | 'different' | 'same';
  /** Accepted: no more than one example is computed at a time in any case. */
  chunk_size?: number | null;
}

const nameOf = (func: Fn): string => func.name || '<lambda>';
const shown = (dims: unknown): string =>
  Array.isArray(dims)
    ? `(${dims.map(shown).join(', ')}${dims.length === 1 ? ',' : ''})`
    : dims === null
      ? 'None'
      : String(dims);

/** The dimension of each leaf of the arguments, null where it has none, and the number of examples. */
function batchOf(func: Fn, in_dims: Dims, leaves: readonly unknown[], shape: Shape) {
  const call = `vmap(${nameOf(func)}, in_dims=${shown(in_dims)}, ...)(<inputs>)`;
  if (!(Number.isInteger(in_dims) || Array.isArray(in_dims))) {
    throw new ValueError(
      `${call}: expected \`in_dims\` to be int or a (potentially nested) tuple matching the structure of inputs, got: ${kindOf(in_dims)}.`,
    );
  }
  if (leaves.length === 0) {
    throw new ValueError(
      `vmap(${nameOf(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no ` +
        'inputs. The latter is unsupported.',
    );
  }
  const given = spread(in_dims, shape);
  if (given === null) {
    throw new ValueError(
      `${call}: in_dims is not compatible with the structure of \`inputs\`. in_dims has structure ${specText(flatten(in_dims).shape)} ` +
        `but inputs has structure ${specText(shape)}.`,
    );
  }
  const sizes: number[] = [];
  const dims = given.map((dim, i) => {
    if (dim === null) return null;
    const leaf = leaves[i];
    if (typeof dim !== 'number' || !Number.isInteger(dim)) {
      throw new ValueError(
        `${call}: Got in_dim=${shown(dim)} for an input but in_dim must be either an integer dimension or None.`,
      );
    }
    if (!(leaf instanceof Tensor)) {
      throw new ValueError(
        `${call}: Got in_dim=${dim} for an input but the input is of type ${kindOf(leaf)}. We cannot vmap over non-Tensor arguments, ` +
          'please use None as the respective in_dim',
      );
    }
    const n = leaf.dim();
    if (dim < -n || dim >= n) {
      throw new ValueError(
        `${call}: Got in_dim=${dim} for some input, but that input is a Tensor of dimensionality ${n} so expected in_dim to satisfy ` +
          `-${n} <= in_dim < ${n}.`,
      );
    }
    sizes.push(leaf.size(dim));
    return dim;
  });
  if (sizes.length === 0) throw new ValueError('vmap: Expected at least one Tensor to vmap over');
  if (sizes.some((n) => n !== sizes[0])) {
    throw new ValueError(
      `vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [${sizes.join(', ')}] for the mapped dimension`,
    );
  }
  return { dims, size: sizes[0] as number };
}

/** Calls `each` so often, with random numbers as `randomness` has it. */
function repeat<T>(count: number, randomness: string, each: (i: number) => T): T[] {
  const state = randomness === 'different' ? null : get_rng_state();
  return Array.from({ length: count }, (_, i) => {
    if (randomness === 'same' && i > 0) set_rng_state(state as Tensor);
    const result = each(i);
    if (randomness === 'error' && !get_rng_state().equal(state as Tensor)) {
      throw new RuntimeError(
        "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on " +
          'vmap or perform the randomness operation out of vmap',
      );
    }
    return result;
  });
}

/** The results of all examples as one, each tensor with the dimension of examples where `out_dims` says. */
function join(func: Fn, out_dims: Dims, results: readonly unknown[], count: number): unknown {
  const lists = results.map((r) => flatten(r));
  const { shape, leaves } = lists[0] as { leaves: unknown[]; shape: Shape };
  const name = nameOf(func);
  for (const d of flatten(out_dims).leaves) {
    if (d === null || Number.isInteger(d)) continue;
    throw new ValueError(
      `vmap(${name}, ..., out_dims=${shown(out_dims)}): \`out_dims\` must be an int, None or a python collection of ints representing ` +
        'where in the outputs the vmapped dimension should appear.',
    );
  }
  const dims = spread(out_dims, shape);
  if (dims === null) {
    throw new ValueError(
      `vmap(${name}, ..., out_dims=${shown(out_dims)})(<inputs>): out_dims is not compatible with the structure of \`outputs\`. out_dims ` +
        `has structure ${specText(flatten(out_dims).shape)} but outputs has structure ${specText(shape)}.`,
    );
  }
  const joined = leaves.map((leaf, k) => {
    const dim = dims[k] as number | null;
    if (dim === null) return leaf;
    if (!(leaf instanceof Tensor)) {
      throw new ValueError(
        `vmap(${name}, ...): \`${name}\` must only return Tensors, got type ${kindOf(leaf)}. Did you mean to set out_dims= to None for output?`,
      );
    }
    const whole = stack(lists.map((l) => l.leaves[k]) as Tensor[], dim);
    return count === 0 ? whole.narrow(dim, 0, 0) : whole;
  });
  return unflatten(shape, joined);
}

/**
 * A function of batches from `func`, a function of one example: its arguments are cut along `in_dims`, its results
 * stacked along `out_dims`. Gradients flow through both, and vmap, grad, vjp, jvp nest in any order.
 *
 * What PyTorch computes for all examples at once is computed one example after the other here: the values are the same,
 * the time is that of a loop, and `func` may look at values and branch on them. An output with `out_dims` null is that
 * of the first example.
 *
 * @example
 * torch.func.vmap((a, b) => a.dot(b))(torch.ones(3, 2), torch.ones(3, 2)); // tensor([2., 2., 2.])
 */
export function vmap(func: Fn, options: VmapOptions | Dims = {}, outDims: Dims = 0): Fn {
  const named: VmapOptions = isOptions(options)
    ? (options as VmapOptions)
    : { in_dims: options as Dims, out_dims: outDims };
  const { in_dims = 0, out_dims = 0, randomness = 'error', chunk_size = null } = named;
  if (!['error', 'different', 'same'].includes(randomness)) {
    throw new RuntimeError(
      `Only allowed values for randomness are 'error', 'different', or 'same'. Got ${String(randomness)}`,
    );
  }
  if (chunk_size !== null && !(chunk_size > 0))
    throw new ValueError(`vmap: chunk_size should be None or greater than 0. (got ${chunk_size})`);
  return (...args) => {
    const { leaves, shape } = flatten(args);
    const { dims, size } = batchOf(func, in_dims, leaves, shape);
    const example = (i: number) =>
      leaves.map((leaf, k) => {
        const dim = dims[k];
        if (dim === null || dim === undefined) return leaf;
        // Of no examples the shapes of one of zeros are as good.
        const whole = leaf as Tensor;
        return size > 0
          ? whole.select(dim, i)
          : whole.new_zeros(whole.shape.filter((_, d) => d !== (dim + whole.dim()) % whole.dim()));
      });
    const results = repeat(Math.max(size, 1), randomness, (i) => func(...unflatten(shape, example(i))));
    return join(func, out_dims, results, size);
  };
}
