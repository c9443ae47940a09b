/** New tensors: from values, filled, counted, shaped like others. */
import { types } from 'node:util';
import { bool, DType, dtypeOfArray, get_default_dtype, int64 } from '../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { stridesInOrder } from '../memory-format.js';
import { Tensor } from '../tensor.js';
import { compose, op, overload } from './define.js';
import { emptyIn, LIKE_OPTIONS, make, makeLike, OPTIONS, tracked } from './factory.js';
import { copyOf, fromValues, overArray, type TensorData } from './from-values.js';
import { nativeCall, nativeChange } from './native-call.js';
import { empty_strided_sized, full_sized } from './natives.js';
import { typeName } from './schema.js';
import type { Scalar } from './schema-types.js';

export type { TensorData } from './from-values.js';

interface TensorOptions {
  dtype?: DType | null;
  device?: unknown;
  requires_grad?: boolean;
  pin_memory?: boolean;
}

/**
 * A tensor with a copy of `data`: numbers, nested arrays of them, a typed array or another tensor, without its history.
 * Numbers are floats of the default dtype, bigints int64, booleans bool; a typed array keeps its own. Throws ValueError
 * where nested arrays differ in length.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 * torch.tensor([1n, 2n]).dtype; // torch.int64
 */
export const tensor = op(
  'tensor(any data, *, dtype? dtype=None, any device=None, bool requires_grad=False, bool pin_memory=False)',
  {
    method: false,
  },
) as unknown as (data: TensorData, options?: TensorOptions) => Tensor;
compose(
  tensor as never,
  ((data: unknown, dtype: DType | null, device: unknown, requires_grad: boolean, pin_memory: boolean) =>
    make(() => copyOf(data, dtype), [dtype, null, device, pin_memory, requires_grad])) as never,
);

/**
 * `data` as a tensor without a copy where that can be: a tensor stays what it is, a typed array shares its memory.
 * @example
 * torch.as_tensor([1, 2]).tolist(); // [1, 2]
 */
export const as_tensor = op('as_tensor(any data, dtype? dtype=None, any device=None)', {
  method: false,
}) as unknown as (
  data: TensorData,
  ...options: [dtype?: DType | null, device?: unknown] | [options: { dtype?: DType | null; device?: unknown }]
) => Tensor;
compose(
  as_tensor as never,
  ((data: unknown, dtype: DType | null, device: unknown) =>
    make(() => {
      if (data instanceof Tensor) return data.to(dtype ?? data.dtype);
      const own = ArrayBuffer.isView(data) ? dtypeOfArray(data) : undefined;
      return own !== undefined && (dtype === null || dtype === own)
        ? overArray(data as ArrayBufferView, own)
        : fromValues(data, dtype);
    }, [dtype, null, device, false, false])) as never,
);

/**
 * A tensor over the memory of a typed array: a change of one is seen in the other. The bits in a Uint16Array are taken
 * for 16-bit floats of `dtype`; `shape` is that of the result. Throws TypeError where elements of `dtype` have another
 * size. Once the array's buffer is transferred or resized away, uses of the tensor throw RuntimeError.
 * @example
 * const x = torch.fromTypedArray(new Float32Array([1, 2, 3, 4]), { shape: [2, 2] });
 */
export function fromTypedArray(
  array: ArrayBufferView,
  options: { dtype?: DType; shape?: readonly number[] } = {},
): Tensor {
  if (!ArrayBuffer.isView(array))
    throw new TypeError(`fromTypedArray(): argument 'array' must be a typed array, not ${typeName(array)}`);
  const dtype = options.dtype ?? dtypeOfArray(array);
  if (dtype === undefined) {
    throw new TypeError(
      'fromTypedArray(): give { dtype } for this array, like torch.float16 or torch.bfloat16 for a Uint16Array',
    );
  }
  const { BYTES_PER_ELEMENT: size } = array as Uint8Array;
  if (dtype.itemsize !== size) {
    throw new TypeError(
      `fromTypedArray(): elements of ${dtype} have ${dtype.itemsize} bytes, those of the array ${size}`,
    );
  }
  const out = overArray(array, dtype);
  return options.shape === undefined ? out : inShape(out, options.shape);
}
const inShape = nativeCall<Tensor>('view(Tensor self, int[] size)');

/**
 * A 1-d tensor over the memory of a buffer: `count` elements of `dtype` (all with -1) from byte `offset` on. Throws
 * ValueError where they do not fit or do not start at a multiple of their size.
 * @example
 * torch.frombuffer(new Uint8Array([0, 0, 128, 63]).buffer, { dtype: torch.float32 }).tolist(); // [1]
 */
export function frombuffer(
  buffer: ArrayBufferLike | ArrayBufferView,
  {
    dtype,
    count = -1,
    offset = 0,
    requires_grad = false,
  }: { dtype: DType; count?: number; offset?: number; requires_grad?: boolean },
): Tensor {
  if (!ArrayBuffer.isView(buffer) && !types.isAnyArrayBuffer(buffer))
    throw new TypeError(
      `frombuffer(): argument 'buffer' must be an ArrayBuffer or a view of one, not ${typeName(buffer)}`,
    );
  const length = buffer.byteLength;
  if (!(dtype instanceof DType))
    throw new TypeError(`frombuffer(): argument 'dtype' must be torch.dtype, not ${typeName(dtype)}`);
  for (const [name, given] of Object.entries({ count, offset })) {
    if (!Number.isSafeInteger(given))
      throw new TypeError(`frombuffer(): argument '${name}' must be int, not ${typeName(given)}`);
  }
  const { itemsize } = dtype;
  if (length === 0 || count === 0)
    throw new ValueError(`both buffer length (${length}) and count (${count}) must not be 0`);
  if (offset < 0 || offset >= length) {
    throw new ValueError(
      `offset (${offset} bytes) must be non-negative and no greater than buffer length (${length} bytes) minus 1`,
    );
  }
  if (count < 0 && (length - offset) % itemsize !== 0) {
    throw new ValueError(
      `buffer length (${length - offset} bytes) after offset (${offset} bytes) must be a multiple of element size (${itemsize})`,
    );
  }
  const n = count < 0 ? (length - offset) / itemsize : count;
  if (offset + n * itemsize > length) {
    throw new ValueError(
      `requested buffer length (${n} * ${itemsize} bytes) after offset (${offset} bytes) must not be greater than actual buffer length (${length} bytes)`,
    );
  }
  const [memory, start] = ArrayBuffer.isView(buffer) ? [buffer.buffer, buffer.byteOffset] : [buffer, 0];
  const part = new Uint8Array(memory, start + offset, n * itemsize);
  if (part.byteOffset % itemsize !== 0) {
    throw new ValueError(
      `frombuffer(): ${dtype} cannot start at byte ${part.byteOffset} of its memory; copy the bytes with slice() first`,
    );
  }
  const out = overArray(part, dtype);
  return requires_grad ? tracked(out) : out;
}

/**
 * A 0-d tensor of the default dtype, or of `dtype`.
 * @example
 * torch.scalar_tensor(2); // tensor(2.)
 */
export const scalar_tensor = op(`scalar_tensor(Scalar s, *, ${OPTIONS})`, { method: false });
compose(scalar_tensor, (s, ...options) => make((dtype) => full_sized([], s, dtype), options));

/**
 * Zeros.
 * @example
 * torch.zeros(2, 3).shape; // [2, 3]
 */
export const zeros = op(`zeros(int... size, *, ${OPTIONS})`, { method: false });
compose(zeros, (size, ...options) => {
  if (size.some((n) => n < 0)) throw new RuntimeError('zeros: Dimension size must be non-negative.');
  return make((dtype) => full_sized(size, 0, dtype), options);
});

/**
 * Ones.
 * @example
 * torch.ones([2, 2], { requires_grad: true });
 */
export const ones = op(`ones(int... size, *, ${OPTIONS})`, { method: false });
compose(ones, (size, ...options) => make((dtype) => full_sized(size, 1, dtype), options));

/**
 * Uninitialised memory.
 * @example
 * torch.empty(2, 3).shape; // [2, 3]
 */
export const empty = op(`empty(int... size, *, ${LIKE_OPTIONS})`, { method: false });
compose(empty, (size, dtype, layout, device, pin_memory, requires_grad, memory_format) =>
  make((chosen) => emptyIn(size, chosen, memory_format), [dtype, layout, device, pin_memory, requires_grad]),
);

/**
 * `fill_value` everywhere: a number gives the default dtype, a bigint int64, a boolean bool.
 * @example
 * torch.full([2], 7n).dtype; // torch.int64
 */
export const full = op(`full(int[] size, Tensor|Scalar fill_value, *, ${OPTIONS})`, { method: false });
compose(full, (size, fill_value, ...options) => {
  const { value, dtype: own } = scalarOf(fill_value, "full(): argument 'fill_value' (position 2)");
  return make((dtype) => full_sized(size, value, dtype), options, own);
});

/** The number in an argument that may be a 0-d tensor, and the dtype that a tensor made of it has. */
function scalarOf(x: Tensor | Scalar, argument: string): { value: Scalar; dtype: DType } {
  const dtype =
    x instanceof Tensor
      ? categoryOf(x.dtype)
      : typeof x === 'number'
        ? get_default_dtype()
        : typeof x === 'bigint'
          ? int64
          : bool;
  if (!(x instanceof Tensor)) return { value: x, dtype };
  if (x.dim() > 0) throw new TypeError(`${argument} must be Number, not Tensor`);
  return { value: x.item(), dtype };
}
const categoryOf = (dtype: DType) => (dtype.is_floating_point ? get_default_dtype() : dtype === bool ? bool : int64);

/**
 * Uninitialised memory with these strides.
 * @example
 * torch.empty_strided([2, 3], [1, 2]).stride(); // [ 1, 2 ]
 */
export const empty_strided = op(`empty_strided(int[] size, int[] stride, *, ${OPTIONS})`, { method: false });
compose(empty_strided, (size, stride, ...options) => {
  if (size.length !== stride.length) {
    throw new RuntimeError(
      `dimensionality of sizes (${size.length}) must match dimensionality of strides (${stride.length})`,
    );
  }
  return make((dtype) => empty_strided_sized(size, stride, dtype), options);
});

/**
 * Uninitialised and dense, with the dimensions in memory in the order `physical_layout`.
 * @example
 * torch.empty_permuted([2, 3], [1, 0]).stride(); // [ 1, 2 ]
 */
export const empty_permuted = op(`empty_permuted(int[] size, int[] physical_layout, *, ${OPTIONS})`, { method: false });
compose(empty_permuted, (size, physical_layout, ...options) => {
  const n = size.length;
  if (physical_layout.length !== n) {
    throw new RuntimeError(
      'Number of dimensions in size does not match the length of the physical_layout; i.e. ' +
        `len(size) = ${n} is not equal to len(physical_layout) = ${physical_layout.length}`,
    );
  }
  physical_layout.forEach((d, i) => {
    if (d < 0 || d >= n) {
      throw new RuntimeError(
        `Dimension out of range (expected to be between 0 and ${n - 1}, but got ${d} at index ${i}).  ` +
          'NB: negative dims not currently supported; file an issue if you want it.',
      );
    }
  });
  if (new Set(physical_layout).size !== n) throw new RuntimeError('Duplicate dim not allowed');
  return make((dtype) => empty_strided_sized(size, stridesInOrder(size, physical_layout), dtype), options);
});

/**
 * Uninitialised memory in the shape, strides and dtype of `self`.
 * @example
 * torch.empty_like(torch.ones(2, 3)).shape; // [2, 3]
 */
export const empty_like = op(`empty_like(Tensor self, *, ${LIKE_OPTIONS})`, { method: false });
compose(empty_like, (self, ...options) => makeLike(self, options, (out) => out));
/**
 * Zeros in the shape of `self`.
 * @example
 * torch.zeros_like(torch.ones(2)); // tensor([0., 0.])
 */
export const zeros_like = op(`zeros_like(Tensor self, *, ${LIKE_OPTIONS})`, { method: false });
compose(zeros_like, (self, ...options) => makeLike(self, options, (out) => fill(out, 0)));
/**
 * Ones in the shape of `self`.
 * @example
 * torch.ones_like(torch.zeros(2)); // tensor([1., 1.])
 */
export const ones_like = op(`ones_like(Tensor self, *, ${LIKE_OPTIONS})`, { method: false });
compose(ones_like, (self, ...options) => makeLike(self, options, (out) => fill(out, 1)));
/**
 * `fill_value` in the shape of `self`.
 * @example
 * torch.full_like(torch.ones(2), 7); // tensor([7., 7.])
 */
export const full_like = op(`full_like(Tensor self, Tensor|Scalar fill_value, *, ${LIKE_OPTIONS})`, { method: false });
compose(full_like, (self, fill_value, ...options) => {
  const { value } = scalarOf(fill_value, "full_like(): argument 'fill_value' (position 2)");
  return makeLike(self, options, (out) => fill(out, value));
});
const fill = nativeChange('fill_(Tensor self, Scalar value)');

/**
 * Ones on the diagonal, zeros elsewhere, in `n` rows and `m` (or `n`) columns.
 * @example
 * torch.eye(2).tolist(); // [[1, 0], [0, 1]]
 */
export const eye = op(`eye(int n, int? m=None, *, ${OPTIONS})`, { native: '', method: false });
compose(eye, (n, m, ...options) => make((dtype) => identity(n, m ?? n, dtype), options));
const identity = nativeCall<Tensor>('eye(int n, int m, dtype dtype)');

const arangeTo = op(`arange(Tensor|Scalar end, *, ${OPTIONS})`, { native: '', method: false });
compose(arangeTo, (end, ...options) => range(0n, end, 1n, options));
const arangeFrom = op(`arange.start(Tensor|Scalar start, Tensor|Scalar end, Tensor|Scalar? step=None, *, ${OPTIONS})`, {
  native: '',
  method: false,
});
compose(arangeFrom, (start, end, step, ...options) => range(start, end, step ?? 1n, options));

function range(
  start: Tensor | Scalar,
  end: Tensor | Scalar,
  step: Tensor | Scalar,
  options: Parameters<typeof make>[1],
): Tensor {
  const numbers = [start, end, step].map((x, i) => scalarOf(x, `arange(): argument '${['start', 'end', 'step'][i]}'`));
  const inferred = numbers.some((x) => x.dtype.is_floating_point) ? get_default_dtype() : int64;
  return make((dtype) => sequence(...numbers.map((x) => x.value), dtype), options, inferred);
}
const sequence = nativeCall<Tensor>('arange(Scalar start, Scalar end, Scalar step, dtype dtype)');
/**
 * The numbers from `start` (0) to before `end`, `step` (1) apart: ceil((end - start) / step) of them. Numbers give the
 * default dtype, bigints int64. Throws RuntimeError where the step leads away from `end`.
 * @example
 * torch.arange(4n).tolist(); // [0, 1, 2, 3]
 * torch.arange(1, 2, 0.5).tolist(); // [1, 1.5]
 */
export const arange = overload('arange', [arangeTo, arangeFrom], { method: false });

function endpoints(name: string, start: Tensor | Scalar, end: Tensor | Scalar): [Scalar, Scalar] {
  const given = [
    ['start', start],
    ['end', end],
  ] as const;
  const tensors = given.flatMap(([which, x]) => (x instanceof Tensor ? [{ which, dim: x.dim() }] : []));
  if (tensors.some((x) => x.dim > 0)) {
    const got = tensors.map((x) => `${x.which} with ${x.dim} dimension(s)`).join(' and ');
    throw new RuntimeError(`${name} only supports 0-dimensional start and end tensors, but got ${got}.`);
  }
  return given.map(([, x]) => (x instanceof Tensor ? x.item() : x)) as [Scalar, Scalar];
}

/**
 * `steps` evenly spaced numbers from `start` to `end`, both included.
 * @example
 * torch.linspace(0, 1, 5).tolist(); // [0, 0.25, 0.5, 0.75, 1]
 */
export const linspace = op(`linspace(Tensor|Scalar start, Tensor|Scalar end, int steps, *, ${OPTIONS})`, {
  native: '',
  method: false,
});
compose(linspace, (start, end, steps, ...options) =>
  make((dtype) => evenly(...endpoints('linspace', start, end), steps, dtype), options),
);
const evenly = nativeCall<Tensor>('linspace(Scalar start, Scalar end, int steps, dtype dtype)');

/**
 * `base` to the power of `steps` evenly spaced numbers from `start` to `end`, both included.
 * @example
 * torch.logspace(0, 2, 3); // tensor([  1.,  10., 100.])
 */
export const logspace = op(
  `logspace(Tensor|Scalar start, Tensor|Scalar end, int steps, float base=10.0, *, ${OPTIONS})`,
  { native: '', method: false },
);
compose(logspace, (start, end, steps, base, ...options) =>
  make((dtype) => powers(...endpoints('logspace', start, end), steps, base, dtype), options),
);
const powers = nativeCall<Tensor>('logspace(Scalar start, Scalar end, int steps, float base, dtype dtype)');

/**
 * Whether `obj` is a tensor.
 * @example
 * torch.is_tensor([1, 2]); // false
 */
export function is_tensor(obj: unknown): obj is Tensor {
  return obj instanceof Tensor;
}

/**
 * The number of elements of `input`.
 * @example
 * torch.numel(torch.ones(2, 3)); // 6
 */
export const numel = op('numel(Tensor self) -> int', { method: false });
compose(numel, (self) => self.numel() as never);
