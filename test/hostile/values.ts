import type * as strided from 'strided';

/** Numbers in [0, 1) that depend on a seed alone. */
export class Draws {
  constructor(private state: number) {}
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }
}

/** What of an op's parameter says what to give it. */
export interface Param {
  name: string;
  type: string;
  list: boolean;
  nullable: boolean;
  required: boolean;
  keywordOnly: boolean;
}

const INTS = [
  ...[-1, -2, -3, 4, 7, 64, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32 + 1, 2 ** 53 - 1, -(2 ** 53), 2 ** 62, 2 ** 63],
  ...[1e19, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5, -1.5],
  ...[9223372036854775807n, -9223372036854775808n, 2n ** 64n],
];
const WORDS = ['mean', 'sum', 'none', 'x', '', 'ij,jk->ik', 'constant', 'reflect', 'replicate', 'circular', 'same'];
const DTYPES = ['float32', 'int64', 'float64', 'bool', 'int32', 'uint8', 'int8', 'float16', 'bfloat16'] as const;
const SHAPES = [[], [0], [1], [3], [2, 3], [3, 3], [0, 3], [3, 0], [2, 3, 4], [2, 0, 4], [1, 2, 4, 4], [0, 2, 3, 3]];
const RARE_SHAPES = [
  [1, 1, 2, 2, 2],
  [2, 1, 3, 1, 2, 2],
  [1, 1, 1, 1, 1, 1, 1, 2],
  [33, 7],
];

/** Makes arguments that fit an op's schema and nothing else, and keeps how to write them down. */
export class Values {
  /** The tensors of the call so far: an argument may come twice. */
  readonly tensors: strided.Tensor[] = [];
  private readonly ints: readonly (number | bigint)[];
  private readonly texts = new Map<unknown, string>();

  constructor(
    private readonly torch: typeof strided,
    private readonly draws: Draws,
    /** Whether numbers that are large and no more must be kept from the op. */
    private readonly isLong = false,
  ) {
    this.ints = isLong ? INTS.filter((n) => !(n > 64 && n < Number.POSITIVE_INFINITY)) : INTS;
  }

  argument(param: Param): unknown {
    const { draws } = this;
    if (draws.chance(0.03))
      return draws.pick<unknown>([null, 'x', {}, [[]], () => 1, new Date(0), new Float32Array(2)]);
    if (param.nullable && draws.chance(0.3)) return null;
    if (!param.list) return this.one(param.type);
    return Array.from({ length: draws.pick([0, 1, 1, 2, 2, 2, 3, 4, 6, 12]) }, () => this.one(param.type));
  }

  tensor(): strided.Tensor {
    const { draws } = this;
    if (this.tensors.length > 0 && draws.chance(0.25)) return draws.pick(this.tensors);
    const dtype = draws.pick(draws.chance(0.5) ? (['float32', 'int64'] as const) : DTYPES);
    const shape = draws.pick(draws.chance(0.8) ? SHAPES : RARE_SHAPES);
    const extreme = draws.chance(0.2) && !this.isLong;
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, (_, i) => (extreme ? this.extreme(dtype) : i % 3));
    const made = this.laidOut(this.torch.tensor(values, { dtype: this.torch[dtype] }).reshape(shape));
    let { tensor } = made;
    if (tensor.dtype.is_floating_point && draws.chance(0.4)) tensor = tensor.detach().requires_grad_();
    const disposed = draws.chance(0.02);
    if (disposed) tensor.dispose();
    this.tensors.push(tensor);
    const notes = [extreme && ' extreme', tensor.requires_grad && ' with grad', disposed && ' disposed'];
    this.texts.set(tensor, `<${dtype}[${shape}]${made.layout}${notes.filter(Boolean).join('')}>`);
    return tensor;
  }

  show(value: unknown): string {
    const known = this.texts.get(value);
    if (known) return known;
    if (Array.isArray(value)) return `[${value.map((v) => this.show(v)).join(', ')}]`;
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'string') return `'${value}'`;
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
      return String(value);
    return `{${Object.entries(value).map(([key, v]) => `${key}: ${this.show(v)}`)}}`;
  }

  private one(type: string): unknown {
    const { draws, torch } = this;
    if (type === 'Tensor') return this.tensor();
    if (type === 'Tensor|Scalar')
      return draws.chance(0.6) ? this.tensor() : draws.pick([0, 1, 2, 0.5, true, ...this.ints]);
    if (type === 'int') return draws.chance(0.6) ? draws.pick([0, 1, 2, 3, -1]) : draws.pick(this.ints);
    if (type === 'Scalar' || type === 'float') return draws.pick([0, 1, 0.5, 1e-5, ...this.ints]);
    if (type === 'bool') return draws.chance(0.5);
    if (type === 'dtype') return torch[draws.pick(DTYPES)];
    if (type === 'str') return draws.pick(WORDS);
    return null;
  }

  private extreme(dtype: (typeof DTYPES)[number]): number | bigint {
    if (dtype === 'int64') return this.draws.pick([9223372036854775807n, -9223372036854775808n, 2n ** 32n, -1n]);
    if (dtype === 'uint8' || dtype === 'bool') return this.draws.pick([0, 1]);
    if (dtype.startsWith('int')) return this.draws.pick([127, -128, -1]);
    return this.draws.pick([Number.NaN, Number.POSITIVE_INFINITY, -1e30, 1e-40]);
  }

  private laidOut(x: strided.Tensor): { tensor: strided.Tensor; layout: string } {
    const layout = this.draws.pick(['', '', '', '.T', '.expand', '.select', '.overlapping', '.behind']);
    const flat = () => x.reshape([-1]);
    if (layout === '.T' && x.dim() > 1) return { tensor: x.transpose(0, -1), layout };
    if (layout === '.expand') return { tensor: x.unsqueeze(-1).expand([...x.shape, 2]), layout };
    if (layout === '.select' && x.dim() > 0) return { tensor: this.torch.stack([x, x], -1).select(-1, 1), layout };
    if (layout === '.overlapping' && x.numel() > 5) return { tensor: flat().as_strided([3, 3], [1, 1], 1), layout };
    if (layout === '.behind' && x.numel() > 1) return { tensor: flat().narrow(0, 1, x.numel() - 1), layout };
    return { tensor: x, layout: '' };
  }
}
