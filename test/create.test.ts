import * as torch from 'strided';

const {
  bool,
  float16,
  float32,
  float64,
  int16,
  int32,
  int64,
  int8,
  uint8,
  RuntimeError,
  ValueError,
  TypeError,
  NotImplementedError,
} = torch;
const about = (x: torch.Tensor) => `${x.dtype.name} [${[...x.shape].join(', ')}] ${JSON.stringify(x.tolist())}`;

describe('torch.tensor', () => {
  test.each<[torch.TensorData, string]>([
    [1.5, 'float32 [] 1.5'],
    [3, 'float32 [] 3'],
    [3n, 'int64 [] 3'],
    [true, 'bool [] true'],
    [[], 'float32 [0] []'],
    [[[], []], 'float32 [2, 0] [[],[]]'],
    [
      [
        [1, 2],
        [3, 4],
      ],
      'float32 [2, 2] [[1,2],[3,4]]',
    ],
    [[1n, 2n], 'int64 [2] [1,2]'],
    [[true, 1n], 'int64 [2] [1,1]'],
    [[true, 1.5], 'float32 [2] [1,1.5]'],
    [[1n, 2], 'float32 [2] [1,2]'],
    [new Int16Array([1, -2]), 'int16 [2] [1,-2]'],
    [new BigInt64Array([5n]), 'int64 [1] [5]'],
    [new Uint16Array([65535]), 'int32 [1] [65535]'],
    [[new Float64Array([1, 2]), new Float64Array([3, 4])], 'float64 [2, 2] [[1,2],[3,4]]'],
    [[torch.tensor(1n), torch.tensor(2)], 'float32 [2] [1,2]'],
    [[true, torch.ones([], { dtype: int32 })], 'int32 [2] [1,1]'],
    [[3n, torch.ones([], { dtype: float64 })], 'float64 [2] [3,1]'],
  ])('%s', (data, expected) => {
    expect(about(torch.tensor(data))).toBe(expected);
  });

  test.each<[torch.TensorData, torch.DType, string]>([
    [[1.7, -1.7], int64, 'int64 [2] [1,-1]'],
    [[1.7, -1.7], int8, 'int8 [2] [1,-1]'],
    [[-1, 255], uint8, 'uint8 [2] [255,255]'],
    [[0, 0.5, 2n], bool, 'bool [3] [false,true,true]'],
    [[0.1], float64, 'float64 [1] [0.1]'],
    [[0.1], float32, 'float32 [1] [0.10000000149011612]'],
    [[0.1], float16, 'float16 [1] [0.0999755859375]'],
    [[true, 2n], int16, 'int16 [2] [1,2]'],
  ])('%s as %s', (data, dtype, expected) => {
    expect(about(torch.tensor(data, { dtype }))).toBe(expected);
  });

  test('keeps int64 exactly', () => {
    expect(torch.tensor([2n ** 53n + 1n, -(2n ** 63n)]).tolist()).toEqual([2n ** 53n + 1n, -(2n ** 63n)]);
  });

  test('copies tensors, without their history and with their strides', () => {
    const x = torch.ones(2, 3, { requires_grad: true });
    const y = torch.tensor(x.t());
    expect([y.requires_grad, y._version, ...y.stride()]).toEqual([false, 0, 1, 3]);
    y.zero_();
    expect(x.sum().item()).toBe(6);
  });

  test('copies typed arrays', () => {
    const array = new Float32Array([1, 2]);
    const x = torch.tensor(array);
    array[0] = 9;
    expect(x.tolist()).toEqual([1, 2]);
  });

  test.each<[unknown, torch.DType | null, Error]>([
    [
      [
        [1, 2],
        [3, 4, 5],
      ],
      null,
      new ValueError('expected sequence of length 2 at dim 1 (got 3)'),
    ],
    [[[1], 2], null, new TypeError('not a sequence')],
    [[1, [2]], null, new TypeError('must be real number, not list')],
    [[1n, [2n]], null, new TypeError("'list' object cannot be interpreted as an integer")],
    [['a'], null, new TypeError("new(): invalid data type 'str'")],
    [['a'], float32, new ValueError("too many dimensions 'str'")],
    [[null], null, new RuntimeError('Could not infer dtype of NoneType')],
    [{}, null, new RuntimeError('Could not infer dtype of dict')],
    [[2n ** 63n], null, new ValueError('Overflow when unpacking long long')],
    [[300], uint8, new RuntimeError('value cannot be converted to type uint8 without overflow')],
    [[Number.NaN], int64, new RuntimeError('value cannot be converted to type int64 without overflow')],
    [[1e30], int64, new RuntimeError('value cannot be converted to type int64 without overflow')],
    [[torch.ones(2)], null, new ValueError('only one element tensors can be converted to Python scalars')],
  ])('refuses %s', (data, dtype, error) => {
    const call = () => torch.tensor(data as never, { dtype });
    expect(call).toThrow(error);
    expect(call).toThrow(error.constructor as never);
  });
});

test('new_tensor keeps the dtype', () => {
  const x = torch.ones(1, { dtype: float64 });
  expect(about(x.new_tensor([[1n]]))).toBe('float64 [1, 1] [[1]]');
  expect(x.new_tensor([1], { dtype: float32, requires_grad: true }).requires_grad).toBe(true);
});

test('lists without end and lists of too many elements are refused', () => {
  const deep: any[] = [];
  deep[0] = deep;
  const wide: any[] = [1];
  wide.push(wide);
  for (const list of [deep, wide])
    expect(() => torch.tensor(list)).toThrow(new ValueError("too many dimensions 'list'"));
  expect(() => torch.tensor(deep, { dtype: int64 })).toThrow(new ValueError("too many dimensions 'list'"));
  expect(() => torch.tensor(wide, { dtype: int64 })).toThrow(
    new TypeError("'list' object cannot be interpreted as an integer"),
  );
  const shared = [1, 2, 3, 4].reduce<any>((inner) => Array(1000).fill(inner), 0);
  expect(() => torch.tensor(shared, { dtype: float32 })).toThrow(
    new RuntimeError('tensor(): out of memory: the lists have 1000000000000 elements'),
  );
});

describe('memory that JavaScript shares', () => {
  test('fromTypedArray', () => {
    const array = new Float32Array([1, 2, 3, 4]);
    const x = torch.fromTypedArray(array, { shape: [2, 2] });
    x.mul_(2);
    array[0] = 7;
    expect(about(x)).toBe('float32 [2, 2] [[7,4],[6,8]]');
    expect([...array]).toEqual([7, 4, 6, 8]);
    expect(about(torch.fromTypedArray(new Uint16Array([0x3c00, 0xc000]), { dtype: float16 }))).toBe(
      'float16 [2] [1,-2]',
    );
    expect(about(torch.fromTypedArray(new Uint8Array([0, 1]), { dtype: bool }))).toBe('bool [2] [false,true]');
    expect(() => torch.fromTypedArray(new Uint16Array(1))).toThrow('fromTypedArray(): give { dtype } for this array');
    expect(() => torch.fromTypedArray(new Uint8Array(4), { dtype: float32 })).toThrow(
      new TypeError('fromTypedArray(): elements of torch.float32 have 4 bytes, those of the array 1'),
    );
  });

  test('is not read once JavaScript has taken it away', () => {
    const gone =
      'the memory of this tensor is that of an ArrayBuffer which was transferred, detached or resized; clone() the tensor before that';
    const moved = new Float32Array([1, 2]);
    const x = torch.fromTypedArray(moved);
    const view = x[1];
    const copy = x.clone();
    structuredClone(moved, { transfer: [moved.buffer] });
    for (const use of [() => x.add(1), () => x.zero_(), () => x.tolist(), () => String(x), () => view.item()])
      expect(use).toThrow(new RuntimeError(gone));
    expect(copy.tolist()).toEqual([1, 2]);
    const shrunk = new (ArrayBuffer as any)(1 << 20, { maxByteLength: 1 << 21 });
    const all = torch.frombuffer(shrunk, { dtype: float32 });
    const tracking = torch.fromTypedArray(new Float32Array(shrunk));
    shrunk.resize(1 << 21);
    expect([all.sum().item(), tracking.sum().item()]).toEqual([0, 0]);
    shrunk.resize(16);
    for (const y of [all, tracking]) expect(() => y.add_(1)).toThrow(new RuntimeError(gone));
    const memory = new (globalThis as any).WebAssembly.Memory({ initial: 1, maximum: 2 });
    const z = torch.frombuffer(memory.buffer, { dtype: float32 });
    memory.grow(1);
    expect(() => z.sum()).toThrow(new RuntimeError(gone));
  });

  test('as_tensor copies only where it must', () => {
    const x = torch.ones(2);
    expect(torch.as_tensor(x)).toBe(x);
    expect(torch.as_tensor(x, { dtype: int64 }).dtype).toBe(int64);
    const array = new Float32Array(2);
    torch.as_tensor(array).fill_(3);
    expect([...array]).toEqual([3, 3]);
  });

  test('frombuffer', () => {
    const bytes = new Uint8Array([1, 0, 2, 0, 3, 0, 4, 0]);
    expect(about(torch.frombuffer(bytes, { dtype: int16 }))).toBe('int16 [4] [1,2,3,4]');
    expect(about(torch.frombuffer(bytes.buffer, { dtype: int16, count: 2, offset: 2 }))).toBe('int16 [2] [2,3]');
    torch.frombuffer(bytes, { dtype: int32, count: 1 }).zero_();
    expect([...bytes]).toEqual([0, 0, 0, 0, 3, 0, 4, 0]);
    const refused: [object, string][] = [
      [{ count: 0 }, 'both buffer length (8) and count (0) must not be 0'],
      [{ offset: 9 }, 'offset (9 bytes) must be non-negative and no greater than buffer length (8 bytes) minus 1'],
      [{ offset: 3 }, 'buffer length (5 bytes) after offset (3 bytes) must be a multiple of element size (4)'],
      [
        { count: 3 },
        'requested buffer length (3 * 4 bytes) after offset (0 bytes) must not be greater than actual buffer length (8 bytes)',
      ],
      [
        { count: 1, offset: 2 },
        'frombuffer(): torch.float32 cannot start at byte 2 of its memory; copy the bytes with slice() first',
      ],
    ];
    for (const [options, text] of refused) {
      expect(() => torch.frombuffer(bytes.slice(), { dtype: float32, ...options })).toThrow(new ValueError(text));
    }
  });
});

describe('filled tensors', () => {
  test.each<[string, torch.Tensor, string]>([
    ['zeros', torch.zeros(2, 1), 'float32 [2, 1] [[0],[0]]'],
    ['ones of a list', torch.ones([2], { dtype: int64 }), 'int64 [2] [1,1]'],
    ['zeros by keyword', torch.zeros({ size: [1] }), 'float32 [1] [0]'],
    ['a size of 0-d', torch.ones([]), 'float32 [] 1'],
    ['full of a number', torch.full([2], 7), 'float32 [2] [7,7]'],
    ['full of a bigint', torch.full([2], 7n), 'int64 [2] [7,7]'],
    ['full of a boolean', torch.full([1], true), 'bool [1] [true]'],
    ['full of a tensor', torch.full([1], torch.tensor(3n)), 'int64 [1] [3]'],
    ['full of -1 in bytes', torch.full([1], -1n, { dtype: uint8 }), 'uint8 [1] [255]'],
    ['scalar_tensor', torch.scalar_tensor(3n), 'float32 [] 3'],
    ['eye', torch.eye(2), 'float32 [2, 2] [[1,0],[0,1]]'],
    ['eye with columns', torch.eye(1, 2, { dtype: bool }), 'bool [1, 2] [[true,false]]'],
    ['zeros_like', torch.zeros_like(torch.ones(1, 2, { dtype: int8 })), 'int8 [1, 2] [[0,0]]'],
    ['full_like', torch.full_like(torch.ones(1), 2.5, { dtype: float64 }), 'float64 [1] [2.5]'],
  ])('%s', (_, x, expected) => {
    expect(about(x)).toBe(expected);
    expect(x._version).toBe(0);
  });

  test('requires_grad', () => {
    const x = torch.ones(2, { requires_grad: true });
    expect([x.requires_grad, x.is_leaf]).toEqual([true, true]);
    const text = 'Only Tensors of floating point and complex dtype can require gradients';
    expect(() => torch.zeros(2, { dtype: int64, requires_grad: true })).toThrow(new RuntimeError(text));
    expect(() => torch.tensor([1n], { requires_grad: true })).toThrow(new RuntimeError(text));
  });

  test('strides', () => {
    const x = torch.ones(2, 3).t();
    expect(torch.empty_like(x).stride()).toEqual([1, 3]);
    expect(torch.empty_like(x, { memory_format: torch.contiguous_format }).stride()).toEqual([2, 1]);
    expect(torch.zeros_like(torch.ones(2, 3, 4, 5), { memory_format: torch.channels_last }).stride()).toEqual([
      60, 1, 15, 3,
    ]);
    expect(torch.empty_strided([2, 3], [1, 4]).stride()).toEqual([1, 4]);
    expect(torch.empty_permuted([2, 3, 4], [2, 0, 1]).stride()).toEqual([3, 1, 6]);
  });

  test('an integer beyond what numbers hold', () => {
    expect(torch.full([1], 2n ** 60n + 1n).item()).toBe(2n ** 60n + 1n);
  });
});

describe('ranges', () => {
  test.each<[string, torch.Tensor, string]>([
    ['of a number', torch.arange(3), 'float32 [3] [0,1,2]'],
    ['of a bigint', torch.arange(3n), 'int64 [3] [0,1,2]'],
    ['of bigints', torch.arange(5n, 1n, -2n), 'int64 [2] [5,3]'],
    ['of both', torch.arange(1n, 3), 'float32 [2] [1,2]'],
    ['with a dtype', torch.arange(3, { dtype: uint8 }), 'uint8 [3] [0,1,2]'],
    ['by steps', torch.arange(1, 2, 0.5), 'float32 [2] [1,1.5]'],
    ['by keywords', torch.arange(0, { end: 2 }), 'float32 [2] [0,1]'],
    ['of a tensor', torch.arange(torch.tensor(2n)), 'int64 [2] [0,1]'],
    ['that is empty', torch.arange(0n), 'int64 [0] []'],
    ['counted in the precision of its arguments', torch.arange(0, 5, 1.5, { dtype: int64 }), 'int64 [5] [0,1,2,3,4]'],
    ['linspace', torch.linspace(0, 1, 5), 'float32 [5] [0,0.25,0.5,0.75,1]'],
    ['linspace of integers', torch.linspace(0, 10, 5, { dtype: int64 }), 'int64 [5] [0,2,5,7,10]'],
    ['linspace of one step', torch.linspace(3, 9, 1), 'float32 [1] [3]'],
    ['linspace of tensors', torch.linspace(torch.tensor(1), 3, 3), 'float32 [3] [1,2,3]'],
    ['logspace', torch.logspace(0, 3, 4), 'float32 [4] [1,10,100,1000]'],
    ['logspace of another base', torch.logspace(0, 3, 4, 2), 'float32 [4] [1,2,4,8]'],
  ])('%s', (_, x, expected) => {
    expect(about(x)).toBe(expected);
  });

  test('0.1 steps end before 1', () => {
    expect(torch.arange(0, 1, 0.1).shape[0]).toBe(10);
    expect(torch.arange(2n ** 53n, 2n ** 53n + 3n).tolist()).toEqual([2n ** 53n, 2n ** 53n + 1n, 2n ** 53n + 2n]);
  });
});

describe('what they refuse', () => {
  test.each<[() => unknown, Error]>([
    [() => torch.zeros(-1), new RuntimeError('zeros: Dimension size must be non-negative.')],
    [() => torch.ones(2, -1), new RuntimeError('Trying to create tensor with negative dimension -1: [2, -1]')],
    [
      () => torch.empty_strided([2], [1, 2]),
      new RuntimeError('dimensionality of sizes (1) must match dimensionality of strides (2)'),
    ],
    [() => torch.empty_permuted([2, 3], [0, 0]), new RuntimeError('Duplicate dim not allowed')],
    [() => torch.full([2], 1e39), new RuntimeError('value cannot be converted to type float without overflow')],
    [
      () => torch.full([2], 300, { dtype: uint8 }),
      new RuntimeError('value cannot be converted to type uint8_t without overflow'),
    ],
    [
      () => torch.zeros(2, { dtype: int32 }).fill_(3e9),
      new RuntimeError('value cannot be converted to type int without overflow'),
    ],
    [
      () => torch.full([2], torch.ones(1)),
      new TypeError("full(): argument 'fill_value' (position 2) must be Number, not Tensor"),
    ],
    [() => torch.eye(-1), new RuntimeError('n must be greater or equal to 0, got -1')],
    [() => torch.eye(0, -3), new RuntimeError('m must be greater or equal to 0, got -3')],
    [() => torch.arange(0, 3, 0), new RuntimeError('step must be nonzero')],
    [() => torch.arange(3, 0, 1), new RuntimeError('upper bound and lower bound inconsistent with step sign')],
    [() => torch.arange(0, Number.POSITIVE_INFINITY, 2), new RuntimeError('unsupported range: 0 -> inf')],
    [() => torch.arange(0, 1e20), new RuntimeError('invalid size, possible overflow?')],
    [() => torch.arange(3, { dtype: bool }), new NotImplementedError('"arange_cpu" not implemented for \'Bool\'')],
    [() => torch.linspace(0, 3, -1), new RuntimeError('number of steps must be non-negative')],
    [
      () => torch.linspace(torch.ones(2), 3, 1),
      new RuntimeError(
        'linspace only supports 0-dimensional start and end tensors, but got start with 1 dimension(s).',
      ),
    ],
    [
      () => torch.zeros(2, { device: 'cuda' }),
      new RuntimeError("strided has one device, 'cpu', and cannot make tensors on 'cuda'"),
    ],
    [
      () => torch.empty_like(torch.ones(2), { memory_format: torch.channels_last }),
      new RuntimeError('required rank 4 tensor to use channels_last format'),
    ],
  ])('%s', (call, error) => {
    expect(call).toThrow(error);
    expect(call).toThrow(error.constructor as never);
  });
});

describe('dtypes', () => {
  afterEach(() => torch.set_default_dtype(float32));

  test('the default one is that of numbers, and of integers that meet fractions', () => {
    torch.set_default_dtype(float64);
    expect(torch.get_default_dtype()).toBe(float64);
    for (const x of [torch.tensor(1.5), torch.zeros(2), torch.arange(3), torch.rand(2), torch.full([1], 2)])
      expect(x.dtype).toBe(float64);
    const whole = torch.ones(2, { dtype: int64 });
    for (const x of [whole.mul(1.5), whole.div(2), whole.sqrt()]) expect(x.dtype).toBe(float64);
    expect(() => torch.set_default_dtype(int64)).toThrow(
      new TypeError('only floating-point types are supported as the default type'),
    );
  });

  test('promote_types', () => {
    expect(torch.promote_types(uint8, int8)).toBe(int16);
    expect(torch.promote_types(float16, torch.bfloat16)).toBe(float32);
    expect(torch.promote_types(int64, float16)).toBe(float16);
    expect(torch.promote_types(bool, uint8)).toBe(uint8);
  });

  test('finfo and iinfo', () => {
    expect(String(torch.finfo(float32))).toBe(
      'finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, smallest_normal=1.17549e-38, tiny=1.17549e-38, dtype=float32)',
    );
    expect(torch.finfo(float64).max).toBe(Number.MAX_VALUE);
    expect(torch.finfo(torch.bfloat16).eps).toBe(2 ** -7);
    expect(torch.finfo(float16).max).toBe(65504);
    expect(String(torch.iinfo(int8))).toBe('iinfo(min=-128, max=127, dtype=int8)');
    expect(torch.iinfo(int64).max).toBe(2n ** 63n - 1n);
    expect(() => torch.finfo(int8)).toThrow(
      "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'",
    );
    expect(() => torch.iinfo(bool)).toThrow(new TypeError('torch.bool is not supported by torch.iinfo'));
  });

  test('is_tensor and numel', () => {
    expect([torch.is_tensor(torch.ones(1)), torch.is_tensor([1])]).toEqual([true, false]);
    expect(torch.numel(torch.ones(2, 3))).toBe(6);
  });
});
