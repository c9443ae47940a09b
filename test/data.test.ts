/** torch.utils.data; orders and batches are what PyTorch gives for these seeds. */
import * as torch from 'strided';

const { data } = torch.utils;
const { DataLoader } = data;
const range = (n: number): bigint[] => Array.from({ length: n }, (_, i) => BigInt(i));
const lists = (loader: Iterable<any>): unknown[] => [...loader].map((batch) => batch.tolist());

class Stream extends data.IterableDataset<bigint> {
  *[Symbol.iterator](): Iterator<bigint> {
    yield* range(5);
  }
}
const pairs = () => new data.TensorDataset(torch.arange(10).view(5, 2), torch.arange(5n));

test('shuffled epochs, splits and samplers draw as in PyTorch', () => {
  torch.manual_seed(1);
  const loader = new DataLoader(pairs(), { batch_size: 2, shuffle: true });
  const epochs = [1, 2].map(() => [...loader].map(([, y]) => y.tolist().join('')).join(' '));
  expect(epochs).toEqual(['41 30 2', '40 23 1']);
  const [a, b] = data.random_split(pairs(), [3, 2]);
  expect([a?.indices, b?.indices, String(torch.rand(1))]).toEqual([[4, 1, 0], [2, 3], 'tensor([0.6826])']);
  const generator = new torch.Generator().manual_seed(3);
  const halves = data.random_split(pairs(), [0.5, 0.5], { generator });
  expect(halves.map(({ indices }) => indices.join(''))).toEqual(['103', '42']);
  const random = (options: object = {}) => [...new data.RandomSampler(range(5), options)].join('');
  expect([random(), random({ replacement: true, num_samples: 40 }), random({ num_samples: 12 })]).toEqual([
    '04321',
    '4331043324443444323023300113111323224403',
    '142030421342',
  ]);
  expect([...new data.WeightedRandomSampler([0.1, 0.9, 0.4], 5)]).toEqual([1, 1, 1, 1, 1]);
  expect([...new data.SubsetRandomSampler([5, 7, 9])]).toEqual([7, 5, 9]);
});

test('a generator of its own shuffles', () => {
  const generator = new torch.Generator().manual_seed(5);
  expect(lists(new DataLoader(range(6), 3, { shuffle: true, generator }))).toEqual([
    [1, 0, 4],
    [2, 3, 5],
  ]);
});

test('batches by size, sampler and batch sampler, of streams too', () => {
  expect(lists(new DataLoader(new Stream(), { batch_size: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
  expect(lists(new DataLoader(new Stream(), { batch_size: 2, drop_last: true }))).toHaveLength(2);
  expect([...new DataLoader(new Stream(), { batch_size: null })]).toEqual(range(5));
  expect(lists(new DataLoader(range(6), { batch_sampler: [[0, 1], [5]] }))).toEqual([[0, 1], [5]]);
  expect(lists(new DataLoader(range(3), { sampler: [2, 0] }))).toEqual([[2], [0]]);
  const loader = new DataLoader(pairs(), { batch_size: 2, drop_last: true });
  expect([loader.length, [...loader].length]).toEqual([2, 2]);
  expect(() => new DataLoader(new Stream()).length).toThrow("object of type 'Stream' has no len()");
});

test('samples become batches element by element', () => {
  class Samples extends data.Dataset {
    override __len__(): number {
      return 2;
    }
    override __getitem__(i: number): unknown {
      return { x: torch.tensor([i]), n: BigInt(i), f: i + 0.5, t: `s${i}`, l: [BigInt(i), [torch.ones(1)]] };
    }
  }
  const [batch] = new DataLoader(new Samples(), { batch_size: 2 });
  expect(String(batch.x)).toBe('tensor([[0.],\n        [1.]])');
  expect([String(batch.n), String(batch.f)]).toEqual([
    'tensor([0, 1])',
    'tensor([0.5000, 1.5000], dtype=torch.float64)',
  ]);
  expect([batch.t, String(batch.l)]).toEqual([['s0', 's1'], 'tensor([0, 1]),tensor([[1.],\n        [1.]])']);
  expect([...new DataLoader(new Samples(), { batch_size: 2, collate_fn: (all) => all.length })]).toEqual([2]);
});

test('parts of datasets', () => {
  const both = new data.ConcatDataset([pairs(), new data.Subset(pairs(), [0, 1])]);
  expect([both.length, String(both.__getitem__(6)), String(both.__getitem__(-1))]).toEqual([
    7,
    'tensor([2., 3.]),tensor(1)',
    'tensor([2., 3.]),tensor(1)',
  ]);
  expect(() => both.__getitem__(9)).toThrow(torch.IndexError);
});

test('errors are those of PyTorch', () => {
  const fails = (make: () => unknown) => expect(make);
  fails(() => new DataLoader([1], { shuffle: true, sampler: [0] })).toThrow('mutually exclusive with shuffle');
  fails(() => new DataLoader([1], { batch_size: 0 })).toThrow('positive integer value, but got batch_size=0');
  fails(() => new DataLoader([1], { batch_sampler: [[0]], batch_size: 3 })).toThrow('batch_sampler option is mutually');
  fails(() => new DataLoader([1], { batch_size: null, drop_last: true })).toThrow('disables auto-batching');
  fails(() => new DataLoader(new Stream(), { shuffle: true })).toThrow(
    'unspecified shuffle option, but got shuffle=True',
  );
  fails(() => new data.TensorDataset(torch.ones(2), torch.ones(3))).toThrow('Size mismatch between tensors');
  fails(() => data.random_split(pairs(), [3, 3])).toThrow('Sum of input lengths does not equal');
  fails(() => new data.RandomSampler([])).toThrow('positive integer value, but got num_samples=0');
  fails(() => [...new DataLoader([torch.ones(1), torch.ones(2)], 2)]).toThrow('stack expects each tensor');
  fails(() => [...new DataLoader([new Date()])]).toThrow('found Date');
});
