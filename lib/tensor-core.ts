/** Methods of Tensor that are no ops: what it is, conversions, detaching, new tensors like it. */
import { bfloat16, bool, DTYPES, DType, float16, float32, float64, int8, int16, int32, int64, uint8 } from './dtype.js';
import { RuntimeError, TypeError } from './errors.js';
import { opCode } from './native.js';
import * as core from './ops/core.js';
import { runNative } from './ops/encode.js';
import { replace } from './ops/execute.js';
import { fromValues } from './ops/from-values.js';
import { formatOf, suggests } from './ops/memory-formats.js';
import * as natives from './ops/natives.js';
import { bind, isOptions, parseSchema, type Schema } from './ops/schema.js';
import type { Ints, Scalar } from './ops/schema-types.js';
import { tensorOf } from './ops/tensors.js';
import { transposed } from './ops/transposed-names.js';
import { type Size, sameShape } from './size.js';
import { Tensor } from './tensor.js';

interface NewOptions {
  dtype?: DType | null;
  device?: unknown;
  requires_grad?: boolean;
}

export interface CoreMethods {
  /** The sizes, or the size of one dimension. */
  size(): Size;
  size(dim: number): number;
  /** How many elements lie between neighbours along each dimension, or along one. */
  stride(): number[];
  stride(dim: number): number;
  storage_offset(): number;
  is_contiguous(): boolean;
  data_ptr(): number;
  untyped_storage(): { data_ptr(): number; nbytes(): number; size(): number };
  /** The same memory outside the graph; changes in place are seen by both and counted for both. */
  detach(): Tensor;
  /** Takes this very tensor out of the graph. */
  detach_(): Tensor;
  /** A tensor of another dtype (or that of another tensor); itself where it has it already. */
  to(dtype: DType | Tensor | string, options?: { copy?: boolean; device?: unknown; non_blocking?: boolean }): Tensor;
  to(options: { dtype?: DType; device?: unknown; copy?: boolean; non_blocking?: boolean }): Tensor;
  to(device: string, dtype: DType): Tensor;
  type(dtype: DType): Tensor;
  type_as(other: Tensor): Tensor;
  float(): Tensor;
  double(): Tensor;
  half(): Tensor;
  bfloat16(): Tensor;
  long(): Tensor;
  int(): Tensor;
  short(): Tensor;
  char(): Tensor;
  byte(): Tensor;
  bool(): Tensor;
  cpu(): Tensor;
  new_empty(...size: (number | bigint | readonly (number | bigint)[] | NewOptions)[]): Tensor;
  new_zeros(...size: (number | bigint | readonly (number | bigint)[] | NewOptions)[]): Tensor;
  new_ones(...size: (number | bigint | readonly (number | bigint)[] | NewOptions)[]): Tensor;
  new_full(size: Ints, value: Scalar, options?: NewOptions): Tensor;
  new_empty_strided(size: Ints, stride: Ints, options?: NewOptions): Tensor;
  is_same_size(other: Tensor): boolean;
  /** Whether the only element is not 0; throws RuntimeError where there are several, or none. */
  is_nonzero(): boolean;
  /** Whether the dtype has negative numbers. */
  is_signed(): boolean;
  /** The number of the device: -1, that of the CPU. */
  get_device(): number;
  nelement(): number;
  ndimension(): number;
  /** Replaces each element by what the function makes of it: slow, a call for each. */
  apply_(callable: (value: number) => number): this;
  /** Replaces each element by what the function makes of it and of that of `other`: slow, a call for each. */
  map_(other: Tensor, callable: (value: number, other: number) => number): this;
  readonly is_cpu: boolean;
  readonly is_cuda: boolean;
  readonly is_sparse: boolean;
  /** All dimensions in reverse order. */
  readonly T: Tensor;
  /** The last two dimensions exchanged. */
  readonly mT: Tensor;
  /** The transpose of a matrix. */
  readonly H: Tensor;
  readonly mH: Tensor;
  /** The tensor itself: there are no complex numbers here. */
  readonly real: Tensor;
  /** @internal */
  useMemoryOf(data: Tensor): void;
}

const queries = {
  stride: parseSchema('stride(Tensor self) -> int[]'),
  storage_offset: parseSchema('storage_offset(Tensor self) -> int'),
  is_contiguous: parseSchema('is_contiguous(Tensor self) -> bool'),
  data_ptr: parseSchema('data_ptr(Tensor self) -> int'),
  storage_ptr: parseSchema('storage_ptr(Tensor self) -> int'),
  storage_bytes: parseSchema('storage_bytes(Tensor self) -> int'),
};
function ask<T>(name: keyof typeof queries, self: Tensor): T {
  return runNative(opCode(name) as number, queries[name], [self], false, null) as T;
}

function at(list: readonly number[], dim: number | undefined): readonly number[] | number {
  if (dim === undefined) return list;
  return list[natives.wrapDim(dim, list.length)] as number;
}

const NEW = {
  sized: parseSchema(
    'new(int... size, *, dtype? dtype=None, any device=None, any layout=None, bool pin_memory=False, bool requires_grad=False)',
  ),
  full: parseSchema(
    'new_full(int[] size, Scalar fill_value, *, dtype? dtype=None, any device=None, bool requires_grad=False)',
  ),
  strided: parseSchema(
    'new_empty_strided(int[] size, int[] stride, *, dtype? dtype=None, any device=None, bool requires_grad=False)',
  ),
};
function likeThis(
  self: Tensor,
  schema: Schema,
  args: unknown[],
  make: (sizes: number[], dtype: DType, values: unknown[]) => Tensor,
): Tensor {
  const values = bind(schema, args);
  const dtypeAt = schema.params.findIndex((p) => p.name === 'dtype');
  const out = make(values[0] as number[], (values[dtypeAt] as DType | null) ?? self.dtype, values);
  return values[values.length - 1] ? out.requires_grad_() : out;
}

function toArguments(args: unknown[]): { dtype: DType | null; copy: boolean; format: unknown } {
  let dtype: DType | null = null;
  let copy = false;
  let format: unknown = null;
  let flags = 0; // positional booleans: non_blocking, then copy
  for (const a of args) {
    if (typeof a === 'boolean') copy = ++flags === 2 ? a : copy;
    else if (a instanceof DType) dtype = a;
    else if (a instanceof Tensor) dtype = a.dtype;
    else if (isOptions(a)) {
      for (const key of Object.keys(a)) {
        if (!['dtype', 'device', 'copy', 'non_blocking', 'memory_format'].includes(key)) {
          throw new TypeError(
            `to() got an unexpected keyword argument '${key}'; it takes dtype, device, copy, non_blocking`,
          );
        }
      }
      dtype = (a.dtype as DType | undefined) ?? dtype;
      copy = Boolean(a.copy ?? copy);
      format = a.memory_format ?? null;
      checkDevice(a.device);
    } else if (typeof a === 'string') checkDevice(a);
  }
  return { dtype, copy, format };
}

/** Only 'cpu' exists. */
export function checkDevice(device: unknown): void {
  if (device === undefined || device === null || String(device) === 'cpu') return;
  throw new RuntimeError(`strided has one device, 'cpu', and cannot make tensors on '${String(device)}'`);
}

const conversions: Record<string, DType> = {
  float: float32,
  double: float64,
  half: float16,
  bfloat16,
  long: int64,
  int: int32,
  short: int16,
  char: int8,
  byte: uint8,
  bool,
};

/** Writes what a function of JavaScript makes of the elements of `operands` into `self`. */
function replaceEach(
  self: Tensor,
  name: string,
  operands: readonly Tensor[],
  callable: (...values: number[]) => number,
): Tensor {
  if (operands.some((t) => t.requires_grad)) {
    throw new RuntimeError(`Can't call ${name}() on Variable that requires grad. Use var.detach().${name}() instead.`);
  }
  const columns = operands.map((t) => t.flatten().tolist() as number[]);
  const values = Array.from({ length: self.numel() }, (_, i) => callable(...columns.map((c) => c[i] as number)));
  return self.copy_(fromValues(values, self.dtype).reshape([...self.shape]));
}

const methods: Record<string, (this: Tensor, ...args: any[]) => unknown> = {
  size(dim?: number) {
    return at(this.shape, dim);
  },
  stride(dim?: number) {
    return at(ask<number[]>('stride', this), dim);
  },
  storage_offset() {
    return ask('storage_offset', this);
  },
  is_contiguous() {
    return ask('is_contiguous', this);
  },
  data_ptr() {
    return ask('data_ptr', this);
  },
  untyped_storage() {
    return {
      data_ptr: () => ask<number>('storage_ptr', this),
      nbytes: () => ask<number>('storage_bytes', this),
      size: () => ask<number>('storage_bytes', this),
    };
  },
  detach() {
    const out = natives.alias(this);
    this.counter ??= { count: 0 };
    out.counter = this.counter;
    return out;
  },
  detach_() {
    if (this.base !== null) {
      throw new RuntimeError(
        "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and " +
          'gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these ' +
          'gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.',
      );
    }
    this.node = null;
    this.requiresGrad = false;
    this.output_nr = 0;
    return this;
  },
  to(...args: unknown[]) {
    const { dtype, copy, format } = toArguments(args);
    const wanted = formatOf(format);
    if (dtype !== null && dtype !== this.dtype) {
      const out = core._to_copy(this, dtype);
      return wanted === null ? out : out.contiguous({ memory_format: wanted });
    }
    if (wanted !== null && (copy || !suggests(this, wanted))) return this.clone({ memory_format: wanted });
    return copy ? this.clone() : this;
  },
  type(dtype: DType) {
    return this.to(dtype);
  },
  type_as(other: Tensor) {
    return this.to(tensorOf(other, 'type_as', 'other').dtype);
  },
  cpu() {
    return this;
  },
  new_empty(...args: unknown[]) {
    return likeThis(this, NEW.sized, args, (size, dtype) => natives.empty_sized(size, dtype));
  },
  new_zeros(...args: unknown[]) {
    return likeThis(this, NEW.sized, args, (size, dtype) => natives.full_sized(size, 0, dtype));
  },
  new_ones(...args: unknown[]) {
    return likeThis(this, NEW.sized, args, (size, dtype) => natives.full_sized(size, 1, dtype));
  },
  new_full(...args: unknown[]) {
    return likeThis(this, NEW.full, args, (size, dtype, values) =>
      natives.full_sized(size, values[1] as Scalar, dtype),
    );
  },
  new_empty_strided(...args: unknown[]) {
    return likeThis(this, NEW.strided, args, (size, dtype, values) =>
      natives.empty_strided_sized(size, values[1] as number[], dtype),
    );
  },
  is_same_size(other: Tensor) {
    return sameShape(this.shape, tensorOf(other, 'is_same_size', 'other').shape);
  },
  is_nonzero() {
    if (this.numel() === 1) return Boolean(this.item());
    const many = this.numel() > 1 ? 'more than one value' : 'no values';
    throw new RuntimeError(`Boolean value of Tensor with ${many} is ambiguous`);
  },
  is_signed() {
    return this.dtype !== uint8 && this.dtype !== bool;
  },
  get_device() {
    return -1;
  },
  nelement() {
    return this.numel();
  },
  ndimension() {
    return this.dim();
  },
  apply_(callable: (value: number) => number) {
    return replaceEach(this, 'apply_', [this], callable);
  },
  map_(other: Tensor, callable: (value: number, other: number) => number) {
    return replaceEach(this, 'map_', [this, tensorOf(other, 'map_').expand_as(this)], callable);
  },
  useMemoryOf(data: Tensor) {
    if (data.dtype !== this.dtype && this.requiresGrad && !data.dtype.is_floating_point) {
      throw new RuntimeError('data set to a tensor that requires gradients must be floating point or complex dtype');
    }
    replace(this, data);
  },
};
const properties: Record<string, (this: Tensor) => Tensor | boolean> = {
  is_cpu: () => true,
  is_cuda: () => false,
  is_sparse: () => false,
  T() {
    return this.permute(this.shape.map((_, d) => this.shape.length - 1 - d));
  },
  mT() {
    return transposed(this, 'mT');
  },
  H() {
    const rank = this.dim();
    if (rank === 0) return this;
    if (rank === 2) return this.transpose(0, 1);
    throw new RuntimeError(
      `tensor.H is only supported on matrices (2-D tensors). Got ${rank}-D tensor.` +
        (rank > 2 ? ' For batches of matrices, consider using tensor.mH' : ''),
    );
  },
  mH() {
    return transposed(this, 'mH');
  },
  real() {
    return this;
  },
};
for (const [name, get] of Object.entries(properties)) {
  Object.defineProperty(Tensor.prototype, name, { get, configurable: true });
}
for (const [name, dtype] of Object.entries(conversions)) {
  methods[name] = function (options: Record<string, unknown> = {}) {
    return this.to({ ...options, dtype });
  };
}
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}

/**
 * The dtype that an op on these operands computes in.
 * @example
 * torch.result_type(torch.tensor([1n]), 2.5); // torch.float32
 */
export function result_type(a: Tensor | Scalar, b: Tensor | Scalar): DType {
  return DTYPES[natives.resultTypeCode(a, b)] as DType;
}
