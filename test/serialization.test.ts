/** torch.save and torch.load, safetensors and NumPy's files; those in test/checkpoints were written by PyTorch and NumPy. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as torch from 'strided';

const FILES = join(__dirname, '..', '..', 'test', 'checkpoints');
const { nn, optim } = torch;

/** The bytes that `write` gives. */
function written(write: (to: { write(bytes: Uint8Array): void }) => void): Uint8Array {
  const parts: Uint8Array[] = [];
  write({ write: (bytes) => parts.push(bytes.slice()) });
  return Buffer.concat(parts);
}
const saved = (value: unknown): Uint8Array => written((to) => torch.save(value, to));
const again = (value: unknown): any => torch.load(saved(value));

describe('files of PyTorch', () => {
  test.each(['new.pt', 'legacy.pt'])('%s', (name) => {
    const file = torch.load(join(FILES, name)) as Map<unknown, any>;
    const [base, t, row] = ['base', 't', 'row'].map((key) => file.get(key) as torch.Tensor) as torch.Tensor[];
    expect(String(base)).toBe('tensor([[0., 1., 2.],\n        [3., 4., 5.]])');
    expect([t?.stride(), row?.storage_offset(), base?.is_leaf]).toEqual([[1, 3], 3, true]);
    base?.fill_(7);
    expect(t?.tolist()).toEqual([
      [7, 7],
      [7, 7],
      [7, 7],
    ]);
    expect(row?.tolist()).toEqual([7, 7, 7]);
    expect(file.get('param')).toBeInstanceOf(nn.Parameter);
    expect(String(file.get('param'))).toContain('dtype=torch.float64, requires_grad=True');
    expect(String(file.get('half'))).toBe('tensor([1.5000], dtype=torch.bfloat16)');
    const { size, ...config } = file.get('config');
    expect(String(size)).toBe('torch.Size([2, 3])');
    expect(config).toEqual({ lr: 0.1, big: 2n ** 70n, neg: -5, inf: Infinity, pair: [1, 'é'], dtype: torch.int64 });
    expect(file.get(3)).toBe('three');
  });

  test('code is refused', () => {
    const unsafe = () => torch.load(join(FILES, 'unsafe.pt'), { weights_only: false });
    expect(unsafe).toThrow(torch.RuntimeError);
    expect(unsafe).toThrow(/runs no code of a file, which asks for (__builtin__|builtins)\.print/);
  });

  test('arrays', () => {
    const { f, big } = torch.loadNpz(join(FILES, 'arrays.npz'));
    expect([f?.tolist(), f?.stride()]).toEqual([
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [1, 2],
    ]);
    expect(String(big)).toBe('tensor([1, 2], dtype=torch.int32)');
  });
});

test('values come back as they were', () => {
  const value = {
    numbers: [0, -1, 255, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, 0.1, -0, Infinity, Number.NaN],
    text: 'é中😀',
    nested: { list: [[], {}, [null, true, false]] },
    large: [2n ** 63n, -(2n ** 63n), 2n ** 200n],
    map: new Map<unknown, unknown>([
      [1, 'one'],
      [null, 'none'],
    ]),
    set: new Set([1, 'a']),
    bytes: new Uint8Array([0, 128, 255]),
  };
  expect(again(value)).toEqual(value);
  expect(Object.is(again(-0), -0)).toBe(true);
  const hostile = again(JSON.parse('{"__proto__": {"polluted": 1}}'));
  expect([Object.keys(hostile), hostile.polluted]).toEqual([['__proto__'], undefined]);
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  const loaded = again(cycle);
  expect(loaded[0].cycle).toBe(loaded);
});

test('tensors keep dtype, strides, flags and what they share', () => {
  for (const name of [
    'bool',
    'uint8',
    'int8',
    'int16',
    'int32',
    'int64',
    'float16',
    'bfloat16',
    'float32',
    'float64',
  ]) {
    const x = torch.tensor(
      [
        [0, 1],
        [2, 3],
      ],
      { dtype: (torch as any)[name] },
    );
    expect(String(again(x))).toBe(String(x));
  }
  const base = torch.arange(6).view(2, 3);
  const [all, part, same] = again([base, base.t()[1], base]) as torch.Tensor[];
  expect(same).toBe(all);
  all?.fill_(1);
  expect([part?.tolist(), part?.stride(), part?.storage_offset()]).toEqual([[1, 1], [3], 1]);
  expect(again(torch.ones(2, { requires_grad: true })).requires_grad).toBe(true);
  expect(again(new nn.Parameter(torch.ones(2), false)).requires_grad).toBe(false);
  expect(again(torch.empty(0, 3)).shape).toEqual(torch.empty(0, 3).shape);
});

test('training goes on from a checkpoint', () => {
  const make = () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
    return { model, optimizer, scheduler: new optim.lr_scheduler.StepLR(optimizer, 2) };
  };
  const step = ({ model, optimizer, scheduler }: ReturnType<typeof make>): number => {
    optimizer.zero_grad();
    const loss = model(torch.ones(4, 2)).square().sum();
    loss.backward();
    optimizer.step();
    scheduler.step();
    return loss.item() as number;
  };
  const first = make();
  for (let i = 0; i < 3; i++) step(first);
  const file = again({
    model: first.model.state_dict(),
    optimizer: first.optimizer.state_dict(),
    scheduler: first.scheduler.state_dict(),
  });
  // Numbers, as PyTorch needs them to find the state of a parameter.
  expect([...file.optimizer.state.keys()]).toEqual([0, 1, 2, 3]);
  const second = make();
  second.model.load_state_dict(file.model);
  second.optimizer.load_state_dict(file.optimizer);
  second.scheduler.load_state_dict(file.scheduler);
  expect([step(second), step(second)]).toEqual([step(first), step(first)]);
  expect(second.scheduler.get_last_lr()).toEqual(first.scheduler.get_last_lr());
});

test('what cannot be saved leaves the file alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strided-'));
  try {
    const path = join(folder, 'model.pt');
    expect(() => torch.save({ model: new nn.Linear(1, 1) }, path)).toThrow(
      'save(): expected tensors, numbers, text, booleans, null, lists and dictionaries of such, but found Linear; save its state_dict()',
    );
    expect(existsSync(path)).toBe(false);
    torch.save({ x: torch.ones(2) }, path);
    expect(String(torch.load(path).x)).toBe('tensor([1., 1.])');
    expect(readFileSync(path).includes('model/data.pkl')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('damaged files are RuntimeErrors', () => {
  const file = saved({ x: torch.arange(8) });
  const elements = Buffer.from(file).indexOf(Buffer.from(new Float32Array([5, 6, 7]).buffer));
  const flipped = file.slice();
  flipped[elements] = 1;
  expect(() => torch.load(flipped)).toThrow(
    'load(): the file is damaged or incomplete: the checksum of archive/data/0',
  );
  for (let length = 0; length < file.length; length += 13)
    expect(() => torch.load(file.subarray(0, length))).toThrow(torch.RuntimeError);
  const legacy = readFileSync(join(FILES, 'legacy.pt'));
  for (let length = 0; length < legacy.length; length += 7)
    expect(() => torch.load(legacy.subarray(0, length))).toThrow(torch.RuntimeError);
  expect(() => torch.load(file, { map: 'cpu' } as never)).toThrow("load() got an unexpected keyword argument 'map'");
  expect(() => torch.load(file, { map_location: 'cuda' })).toThrow("load: expected device 'cpu'");
  expect(() => torch.load(3 as never)).toThrow("load(): argument 'f' must be a path, a URL or the bytes of a file");
});

test('safetensors', () => {
  const tensors = { 'a.b': torch.arange(6).view(2, 3).t(), flag: torch.tensor([true]), half: torch.ones(1).bfloat16() };
  const file = written((to) => torch.saveSafetensors(tensors, to, { metadata: { note: 'é' } }));
  const loaded = torch.loadSafetensors(file);
  expect(loaded.metadata).toEqual({ note: 'é' });
  for (const [name, tensor] of Object.entries(tensors)) expect(String(loaded.tensors[name])).toBe(String(tensor));
  for (let length = 0; length < file.length; length += 5)
    expect(() => torch.loadSafetensors(file.subarray(0, length))).toThrow(torch.RuntimeError);
});

test('arrays of NumPy', () => {
  for (const tensor of [
    torch.tensor(3n),
    torch.arange(6).view(2, 3).t(),
    torch.tensor([true, false]),
    torch.empty(0, 2),
  ])
    expect(String(torch.loadNpy(written((to) => torch.saveNpy(tensor, to))))).toBe(String(tensor));
  expect(() => written((to) => torch.saveNpy(torch.ones(1).bfloat16(), to))).toThrow('NumPy has no dtype');
  expect(() => torch.loadNpy(new Uint8Array(20))).toThrow('loadNpy(): this is no .npy file');
});
