/** Writing to memory that is read as well, or that several elements share: PyTorch's rules, values and texts. */
import * as torch from 'strided';
import { text, thrown } from './refusals';

type Tensor = torch.Tensor;

const SHARED =
  'RuntimeError: unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. ' +
  'Please clone() the tensor before performing the operation.';
const ONE =
  'RuntimeError: unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
  'Please clone() the tensor before performing the operation.';
const square = () => torch.arange(1, 5).float().view(2, 2);
const at = (...rows: number[]) => torch.tensor(rows, { dtype: torch.int64 });

const askew: Record<string, (x: Tensor) => unknown> = {
  'add_ of the transpose': (x) => x.add_(x.t()),
  'copy_ of a shifted row': (x) =>
    x
      .view(4)
      .narrow(0, 1, 3)
      .copy_(x.view(4).narrow(0, 0, 3)),
  'addcmul_ of the transpose': (x) => x.addcmul_(torch.ones(2, 2), x.t()),
  'addcdiv_ of the transpose': (x) => x.addcdiv_(x.t(), torch.ones(2, 2)),
  'lerp_ towards the transpose': (x) => x.lerp_(x.t(), 0.5),
  'clamp_ between views': (x) => x.clamp_(x.t(), null),
  'clamp into the transpose': (x) => torch.clamp(x, 0, 1, { out: x.t() } as never),
  'where into the transpose': (x) => torch.where(x.gt(1), x, x, { out: x.t() } as never),
  'cumsum into the transpose': (x) => torch.cumsum(x, 0, { out: x.t() }),
  'stack into its part': (x) => torch.stack([x], { out: x } as never),
};
test.each(Object.keys(askew))('%s is refused', (name) => {
  const x = square();
  expect(thrown(() => (askew[name] as (x: Tensor) => unknown)(x))).toBe(SHARED);
  expect([text(x), x._version]).toEqual(['[[1,2],[3,4]]', 0]);
});

const indexed: Record<string, (x: Tensor) => unknown> = {
  index_put_: (x) => x.index_put_([at(1, 0)], x),
  'index_put_ that accumulates': (x) => x.index_put_([at(1, 0)], x, true),
  index_add_: (x) => x.index_add_(0, at(1, 0), x),
  index_copy_: (x) => x.index_copy_(0, at(1, 0), x),
  index_reduce_: (x) => x.index_reduce_(0, at(1, 0), x, 'amax'),
  scatter_: (x) => x.scatter_(0, at(1, 0).view(1, 2), x),
  scatter_add_: (x) => x.scatter_add_(0, at(1, 0).view(1, 2), x),
  put_: (x) => x.put_(at(3, 2, 1, 0).view(2, 2), x),
};
test.each(Object.keys(indexed))('%s refuses to read what it writes', (name) => {
  const x = square();
  expect(thrown(() => (indexed[name] as (x: Tensor) => unknown)(x))).toBe(SHARED);
  expect(text(x)).toBe('[[1,2],[3,4]]');
});

const expanded: Record<string, (x: Tensor) => unknown> = {
  add_: (x) => x.add_(1),
  exp_: (x) => x.exp_(),
  copy_: (x) => x.copy_(torch.zeros(2, 2)),
  'a number at a key': (x) => x.index_put_([':', 1], 7),
  index_add_: (x) => x.index_add_(0, at(0), torch.ones(1, 2)),
  scatter_: (x) => x.scatter_(0, at(0).view(1, 1), 7),
};
test.each(Object.keys(expanded))('%s of an expanded tensor is refused', (name) => {
  const x = torch.tensor([1, 2]);
  expect(thrown(() => (expanded[name] as (x: Tensor) => unknown)(x.expand(2, 2)))).toBe(ONE);
  expect(text(x)).toBe('[1,2]');
});

test('what gives each element one value may write to an expanded tensor', () => {
  const x = torch.tensor([1, 2, 3]);
  const rows = x.expand(2, 3);
  rows.masked_fill_(torch.tensor([true, false, false]), 9);
  rows.index_fill_(1, at(1), 8);
  expect(text(x)).toBe('[9,8,3]');
  expect(text(rows.fill_(7))).toBe('[[7,7,7],[7,7,7]]');
});

test('memory shared in a way that nothing sees is read and written element by element', () => {
  const x = torch.tensor([
    [2, 3],
    [4, 5],
  ]);
  expect(text(x.mul_(x.select(1, 0)))).toBe('[[4,12],[16,80]]');
  const y = torch.arange(1, 5).float();
  expect(text(y.unfold(0, 2, 1).mul_(2))).toBe('[[2,8],[8,12],[12,8]]');
  const z = torch.arange(1, 7).float();
  z.as_strided([3], [2], 0).copy_(z.as_strided([3], [2], 1).flip(0));
  expect(text(z)).toBe('[6,2,4,4,2,6]');
});

test('the same elements in the same order may be read and written', () => {
  const x = square();
  expect(text(x.add_(x))).toBe('[[2,4],[6,8]]');
  expect(text(x.mul_(x.view(2, 2)))).toBe('[[4,16],[36,64]]');
  expect(text(x.copy_(x))).toBe('[[4,16],[36,64]]');
});

test('a 0-d view of what is written is read first', () => {
  const x = torch.tensor([1, 2, 3]);
  x.index_put_(['::2'], x.select(0, 1));
  expect(text(x)).toBe('[2,2,2]');
  expect(text(torch.tensor([1, 2]).fill_(torch.tensor(5)))).toBe('[5,5]');
});

test('views are not detached in place', () => {
  const x = torch.ones(2, 2, { requires_grad: true });
  expect(thrown(() => x.mul(2).t().detach_())).toMatch(
    /^RuntimeError: Can't detach views in-place\. Use detach\(\) instead\. If you are using DistributedDataParallel/,
  );
  expect(x.mul(2).detach_().requires_grad).toBe(false);
});

test('a kept gradient adds up over several backward passes', () => {
  const x = torch.ones(2, { requires_grad: true });
  const y = x.mul(2);
  y.retain_grad();
  y.sum().backward({ retain_graph: true });
  const first = y.grad as Tensor;
  y.mul(3).sum().backward();
  expect([text(first), text(y.grad as Tensor), text(x.grad as Tensor)]).toEqual(['[1,1]', '[4,4]', '[8,8]']);
});
