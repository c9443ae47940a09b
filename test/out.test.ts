import * as torch from 'strided';

const x = torch.tensor([
  [3, 1, 2],
  [0, 5, 4],
]);
const empty = (dtype: torch.DType = torch.float32) => torch.empty(0, { dtype });
const indices = () => empty(torch.int64);

describe('out=', () => {
  test('element-wise: the very memory, without a temporary', () => {
    const out = torch.zeros(2, 3);
    const address = out.data_ptr();
    const version = out._version;
    expect(torch.add(x, 1, { out })).toBe(out);
    expect(out.data_ptr()).toBe(address);
    expect(out._version).toBe(version + 1);
    expect(out.tolist()).toEqual(x.add(1).tolist());
    const large = torch.ones(1 << 20);
    torch.memory.resetPeak();
    const held = torch.memory.stats().liveBytes;
    torch.exp(large, { out: large });
    expect(torch.memory.stats().peakBytes - held).toBeLessThan(1 << 20);
  });

  test('element-wise: broadcast, strided, of another dtype, in part of a tensor', () => {
    const columns = torch.zeros(3, 2).t();
    torch.mul(x, torch.tensor([1, 2, 3]), { out: columns });
    expect(columns.tolist()).toEqual([
      [3, 2, 6],
      [0, 10, 12],
    ]);
    const wide = torch.zeros(2, 3, { dtype: torch.float64 });
    expect(torch.sub(x, 1, { out: wide }).tolist()).toEqual(x.sub(1).tolist());
    const whole = torch.zeros(4, 3);
    torch.sub(x, 1, { out: whole.narrow(0, 1, 2) });
    expect(whole.sum().item()).toBe(9);
    expect(torch.add(torch.ones(3), torch.ones(3), { out: torch.zeros(2, 3) }).shape).toEqual([3]);
  });

  test('element-wise: refuses what it cannot write', () => {
    expect(() => torch.sqrt(x, { out: torch.zeros(2, 3, { dtype: torch.int64 }) })).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
    expect(() => torch.exp(x, { out: torch.zeros(1).expand(2, 3) })).toThrow(
      'more than one element of the written-to tensor refers to a single memory location',
    );
    const row = torch.arange(5);
    expect(() => torch.add(row.narrow(0, 0, 4), 1, { out: row.narrow(0, 1, 4) })).toThrow(
      'some elements of the input tensor and the written-to tensor refer to a single memory location',
    );
    const leaf = torch.ones(2, { requires_grad: true });
    expect(() => torch.exp(leaf, { out: torch.zeros(2) })).toThrow("don't support automatic differentiation");
  });

  test.each([
    ['max', () => torch.max(x, 1), (out: torch.Tensor[]) => torch.max(x, 1, { out })],
    ['min', () => torch.min(x, 1), (out: torch.Tensor[]) => torch.min(x, 1, { out })],
    ['sort', () => torch.sort(x), (out: torch.Tensor[]) => torch.sort(x, { out })],
    ['topk', () => torch.topk(x, 2), (out: torch.Tensor[]) => torch.topk(x, 2, { out })],
    ['median', () => torch.median(x, 1), (out: torch.Tensor[]) => torch.median(x, 1, { out })],
    ['mode', () => torch.mode(x, 1), (out: torch.Tensor[]) => torch.mode(x, 1, { out })],
    ['kthvalue', () => torch.kthvalue(x, 2), (out: torch.Tensor[]) => torch.kthvalue(x, 2, { out })],
    ['cummax', () => torch.cummax(x, 1), (out: torch.Tensor[]) => torch.cummax(x, 1, { out })],
  ] as const)('both results of %s', (_, plain, into) => {
    const out = [empty(), indices()];
    const got = into(out);
    expect(got[0]).toBe(out[0]);
    expect(got.indices).toBe(out[1]);
    const want = plain();
    expect(got.values.tolist()).toEqual(want.values.tolist());
    expect(got.indices.tolist()).toEqual(want.indices.tolist());
    expect(() => into([empty(torch.float64), indices()])).toThrow(
      'Expected out tensor to have dtype float, but got double instead',
    );
    expect(() => into([empty(), empty(torch.int32)])).toThrow(
      'Expected out tensor to have dtype long int, but got int instead',
    );
  });

  test('results of factorizations', () => {
    const a = torch.tensor([
      [2, 1],
      [1, 3],
    ]);
    const [U, S, Vh] = [empty(), empty(), empty()];
    torch.linalg.svd(a, { out: [U, S, Vh] });
    expect(U.mul(S).mm(Vh).sub(a).abs().max().item() as number).toBeLessThan(1e-5);
    const [sign, log] = [empty(), empty()];
    torch.linalg.slogdet(a, { out: [sign, log] });
    expect(sign.item()).toBe(1);
    expect(log.item()).toBeCloseTo(Math.log(5), 5);
  });

  test('as many tensors as results', () => {
    const none = empty();
    expect(() => torch.sort(x, { out: [none] })).toThrow(
      'sort(): out= takes an array of 2 tensors, but got an array of 1',
    );
    expect(() => torch.sort(x, { out: none as never })).toThrow('out= takes an array of 2 tensors, but got one');
    expect(() => torch.exp(x, { out: [none] as never })).toThrow('exp(): out= takes one tensor, but got an array of 1');
    expect(() => torch.exp(x, { out: 3 as never })).toThrow('out must be a Tensor');
  });

  test('gathering keeps dtypes and memory apart', () => {
    const index = torch.tensor([[0n], [1n]]);
    expect(() => torch.gather(x, 1, index, { out: empty(torch.float64) })).toThrow(
      'Expected out tensor to have dtype float, but got double instead',
    );
    const numbers = torch.tensor([2n, 1n, 0n]);
    const shared = 'some elements of the input tensor and the written-to tensor refer to a single memory location';
    // One element now; two, as the result has, would reach into the index.
    const out = numbers.narrow(0, 0, 1);
    expect(() => torch.gather(numbers.clone(), 0, numbers.narrow(0, 1, 2), { out })).toThrow(shared);
    const first = torch.empty(0);
    expect(() => torch.cat([first, x], { out: first })).toThrow(shared);
  });

  test.each([
    ['abs', (out: torch.Tensor) => torch.abs(x, { out }), 'Found dtype Double but expected Float'],
    [
      'softmax',
      (out: torch.Tensor) => torch.softmax(x, 1, { out }),
      'Expected out tensor to have dtype float, but got double',
    ],
    [
      'ones',
      (out: torch.Tensor) => torch.ones(2, { out } as never),
      'dtype Float does not match dtype of out parameter (Double)',
    ],
    [
      'where',
      (out: torch.Tensor) => torch.where(x.gt(1), x, x, { out } as never),
      'Expected out type to be Float but got Double',
    ],
    [
      'mm',
      (out: torch.Tensor) => torch.mm(x, x.t(), { out }),
      'Expected out tensor to have dtype float, but got double',
    ],
    ['amax', (out: torch.Tensor) => torch.amax(x, 1, { out }), "Float for input's dtype and Double for out's dtype"],
    [
      'take',
      (out: torch.Tensor) => torch.take(x, torch.tensor([0n]), { out }),
      'self.dtype = Float and out.dtype = Double',
    ],
    [
      'nan_to_num',
      (out: torch.Tensor) => torch.nan_to_num(x, { out } as never),
      'dtype of out: Double should be same as input: Float',
    ],
  ] as const)('%s wants the dtype of its result', (_, into, text) => {
    expect(() => into(empty(torch.float64))).toThrow(text);
    into(empty());
  });

  test('dtypes of reductions, joins and factorizations', () => {
    expect(torch.sum(x, 1, { out: empty(torch.int64) }).tolist()).toEqual([6, 9]);
    expect(torch.mean(x, 1, { out: empty(torch.float64) }).dtype).toBe(torch.float64);
    expect(torch.any(x, 1, { out: empty(torch.uint8) }).tolist()).toEqual([1, 1]);
    expect(() => torch.any(x, 1, { out: empty() })).toThrow('any only supports bool tensor for result, got: Float');
    expect(() => torch.cat([x], { out: indices() })).toThrow(
      "torch.cat(): input types can't be cast to the desired output type Long",
    );
    expect(() => torch.linalg.pinv(x, { out: indices() } as never)).toThrow(
      'linalg.pinv: Expected result to be safely castable from Float dtype, but got result with dtype Long',
    );
    expect(() => torch.linalg.eigvalsh(x.mm(x.t()), { out: empty(torch.float64) } as never)).toThrow(
      'dtype float, but got double',
    );
  });

  test('an input is not resized, another tensor is with a warning', () => {
    const row = torch.ones(3);
    expect(() => torch.add(row, x, { out: row })).toThrow(
      "output with shape [3] doesn't match the broadcast shape [2, 3]",
    );
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(torch.exp(row, { out: torch.zeros(5) }).shape).toEqual([3]);
    expect(warned.mock.calls[0]?.[0]).toContain(
      'An output with one or more elements was resized since it had shape [5], which does not match the required output shape [3]',
    );
    warned.mockRestore();
  });

  test('a result that is its argument stays apart from it', () => {
    const out = empty();
    torch.positive(x, { out });
    out.zero_();
    expect(x.sum().item()).toBe(15);
  });
});
