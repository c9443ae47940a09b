/** torch.nn.utils: clipping, vectors of parameters, packed sequences. */

import * as torch from 'strided';

const { nn } = torch;
const { utils } = nn;
const { rnn } = utils;

function param(values: number[], grad: number[]): torch.nn.Parameter {
  const made = new nn.Parameter(torch.tensor(values));
  made.grad = torch.tensor(grad);
  return made;
}

describe('clipping', () => {
  test('scales all gradients by their total norm', () => {
    const [a, b] = [param([1, 1], [3, 4]), param([1], [12])];
    expect(utils.clip_grad_norm_([a, b], 1).item()).toBe(13);
    expect([a.grad?.tolist(), b.grad?.tolist()]).toEqual([
      [0.23076921701431274, 0.307692289352417],
      [0.923076868057251],
    ]);
    expect(
      utils.get_total_norm([torch.tensor([3]), torch.tensor([-5])], { norm_type: Number.POSITIVE_INFINITY }).item(),
    ).toBe(5);
  });

  test('leaves small gradients and refuses infinite ones when told', () => {
    const a = param([1, 1], [0.3, 0.4]);
    utils.clip_grad_norm_(a, 1);
    expect(a.grad?.tolist()).toEqual([0.30000001192092896, 0.4000000059604645]);
    const b = param([1], [Number.POSITIVE_INFINITY]);
    expect(() => utils.clip_grad_norm_(b, 1, { error_if_nonfinite: true })).toThrow(
      'The total norm of order 2.0 for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this ' +
        'error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`',
    );
  });

  test('by value', () => {
    const a = param([1, 1, 1], [3, -4, 0.25]);
    utils.clip_grad_value_([a], 0.5);
    expect(a.grad?.tolist()).toEqual([0.5, -0.5, 0.25]);
  });
});

test('parameters as one vector and back', () => {
  const net = new nn.Linear(2, 2);
  const vector = utils.parameters_to_vector(net.parameters());
  expect([vector.shape, vector.requires_grad]).toEqual([[6], true]);
  utils.vector_to_parameters(torch.arange(6), net.parameters());
  expect([net.weight.tolist(), net.bias?.tolist()]).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    [4, 5],
  ]);
});

describe('packed sequences', () => {
  const sequences = [torch.tensor([1, 2]), torch.tensor([3, 4, 5]), torch.tensor([6])];

  test('hold step after step, the longest sequences first', () => {
    const packed = rnn.pack_sequence(sequences, { enforce_sorted: false });
    expect([...packed].map((t) => t?.tolist())).toEqual([
      [3, 1, 6, 4, 2, 5],
      [3, 2, 1],
      [1, 0, 2],
      [1, 0, 2],
    ]);
    const [batch, lengths] = rnn.pad_packed_sequence(packed, { batch_first: true, padding_value: -1, total_length: 4 });
    expect([batch.tolist(), lengths.tolist()]).toEqual([
      [
        [1, 2, -1, -1],
        [3, 4, 5, -1],
        [6, -1, -1, -1],
      ],
      [2, 3, 1],
    ]);
    expect(rnn.unpack_sequence(packed).map((t) => t.tolist())).toEqual(sequences.map((t) => t.tolist()));
  });

  test('let gradients through', () => {
    const batch = torch.ones(2, 3, 2, { requires_grad: true });
    const packed = rnn.pack_padded_sequence(batch, torch.tensor([3n, 1n]), { batch_first: true });
    rnn.pad_packed_sequence(packed)[0].sum().backward();
    expect(batch.grad?.sum({ dim: 2 }).tolist()).toEqual([
      [2, 2, 2],
      [2, 0, 0],
    ]);
  });

  // biome-ignore format: a table
  const refused: [() => unknown, string][] = [
    [() => rnn.pack_padded_sequence(torch.ones(3, 2), [1, 2]), '`lengths` array must be sorted in decreasing order when `enforce_sorted` is True.'],
    [() => rnn.pack_padded_sequence(torch.ones(3, 2), [1]), 'Expected `len(lengths)` to be equal to batch_size, but got 1 (batch_size=2)'],
    [() => rnn.pack_padded_sequence(torch.ones(3, 2), [2, 0]), "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"],
    [() => rnn.pad_packed_sequence(rnn.pack_sequence([torch.ones(3)]), { total_length: 2 }), 'Expected total_length to be at least the length of the longest sequence in input, but got total_length=2 and max sequence length being 3'],
  ];
  test.each(refused)('%s is refused', (call, text) => {
    expect(call).toThrow(text);
  });

  test('pad_sequence on the left', () => {
    expect(rnn.pad_sequence(sequences, { batch_first: true, padding_side: 'left' }).tolist()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [0, 0, 6],
    ]);
  });
});

describe('weight_norm', () => {
  const make = (): torch.nn.Linear => {
    const layer = new nn.Linear(3, 2);
    torch.no_grad(() => {
      layer.weight.copy_(
        torch.tensor([
          [1, 2, 2],
          [0, 3, 4],
        ]),
      );
    });
    return layer;
  };

  test('splits the weight, computes it before each forward pass and is taken away again', () => {
    const layer = make();
    const x = torch.tensor([[1, -1, 0.5]]);
    const before = layer(x).tolist();
    utils.weight_norm(layer);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight_g', 'weight_v']);
    expect(layer.get_parameter('weight_g').tolist()).toEqual([[3], [5]]);
    torch.no_grad(() => layer.get_parameter('weight_v').mul_(2));
    expect(torch.allclose(layer(x), torch.tensor(before as number[][]))).toBe(true);
    layer(x).sum().backward();
    expect(layer.get_parameter('weight_g').grad?.shape).toEqual([2, 1]);
    utils.remove_weight_norm(layer);
    expect(Object.keys(layer.state_dict()).sort()).toEqual(['bias', 'weight']);
    expect(torch.allclose(layer(x), torch.tensor(before as number[][]))).toBe(true);
  });

  test('other dimensions, and refusals', () => {
    const layer = make();
    utils.weight_norm(layer, { dim: null });
    expect(layer.get_parameter('weight_g').item()).toBeCloseTo(5.830951690673828, 6);
    expect(() => utils.weight_norm(layer)).toThrow(
      'Cannot register two weight_norm hooks on the same parameter weight',
    );
    expect(() => utils.remove_weight_norm(make())).toThrow(
      "weight_norm of 'weight' not found in Linear(in_features=3, out_features=2, bias=True)",
    );
  });
});

describe('containers of parameters', () => {
  test('ParameterList', () => {
    const list = new nn.ParameterList([torch.ones(2), torch.ones(3, 2)]);
    expect([list.length, list[1]?.shape, Object.keys(list.state_dict())]).toEqual([2, [3, 2], ['0', '1']]);
    expect(String(list)).toBe(
      'ParameterList(\n    (0): Parameter containing: [torch.float32 of size 2]\n' +
        '    (1): Parameter containing: [torch.float32 of size 3x2]\n)',
    );
    expect(() => list.at(2)).toThrow('index 2 is out of range');
  });

  test('ParameterDict', () => {
    const dict = new nn.ParameterDict({ a: torch.ones(2), b: torch.ones(3, 2) });
    expect([[...dict], dict.get('b').requires_grad, dict.has('c')]).toEqual([['a', 'b'], true, false]);
    expect(String(dict)).toBe(
      'ParameterDict(\n    (a): Parameter containing: [torch.FloatTensor of size 2]\n' +
        '    (b): Parameter containing: [torch.FloatTensor of size 3x2]\n)',
    );
    dict.pop('a');
    expect(dict.parameters()).toHaveLength(1);
    expect(() => dict.get('a')).toThrow("'a'");
  });
});

test('compile gives back what it is given', () => {
  const f = (x: torch.Tensor): torch.Tensor => x.add(1);
  expect([torch.compile(f), torch.compile({ mode: 'default' })(f)]).toEqual([f, f]);
});

describe('pruning', () => {
  const { prune } = utils;
  const make = (factor = 1): torch.nn.Linear => {
    const layer = new nn.Linear(4, 2);
    const weight = torch.tensor([
      [1, -2, 3, -4],
      [0.5, 6, -7, 8],
    ]);
    torch.no_grad(() => layer.weight.copy_(weight.mul(factor)));
    return layer;
  };
  const maskOf = (layer: torch.nn.Module): unknown => layer.get_buffer('weight_mask').tolist();

  test('by absolute value, again and again', () => {
    const layer = make();
    prune.l1_unstructured(layer, 'weight', 3);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight_orig', 'weight_mask']);
    expect(maskOf(layer)).toEqual([
      [0, 0, 1, 1],
      [0, 1, 1, 1],
    ]);
    prune.l1_unstructured(layer, 'weight', { amount: 0.4 });
    expect(maskOf(layer)).toEqual([
      [0, 0, 0, 0],
      [0, 1, 1, 1],
    ]);
    layer(torch.ones(1, 4)).sum().backward();
    expect(layer.get_parameter('weight_orig').grad?.tolist()).toEqual(maskOf(layer));
  });

  test('slices, and at random with the numbers of PyTorch', () => {
    const layer = make();
    prune.ln_structured(layer, 'weight', 0.5, 2, 1);
    expect(layer.weight.abs().tolist()).toEqual([
      [0, 0, 3, 4],
      [0, 0, 7, 8],
    ]);
    torch.manual_seed(0);
    expect(maskOf(prune.random_unstructured(make(), 'weight', 0.3))).toEqual([
      [1, 1, 1, 1],
      [1, 1, 0, 0],
    ]);
    torch.manual_seed(0);
    expect(maskOf(prune.random_structured(make(), 'weight', 2, 1))).toEqual([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
  });

  test('several parameters together, and for good', () => {
    const [a, b] = [make(), make(10)];
    prune.global_unstructured(
      [
        [a, 'weight'],
        [b, 'weight'],
      ],
      prune.L1Unstructured,
      { amount: 6 },
    );
    expect([maskOf(a), maskOf(b)]).toEqual([
      [
        [0, 0, 0, 0],
        [0, 1, 1, 1],
      ],
      [
        [1, 1, 1, 1],
        [0, 1, 1, 1],
      ],
    ]);
    prune.remove(a, 'weight');
    expect([Object.keys(a.state_dict()), prune.is_pruned(a), prune.is_pruned(b)]).toEqual([
      ['bias', 'weight'],
      false,
      true,
    ]);
  });

  // biome-ignore format: a table
  const wrong: [() => unknown, string][] = [
    [() => prune.l1_unstructured(make(), 'weight', 9), 'amount=9 should be smaller than the number of parameters to prune=8'],
    [() => prune.l1_unstructured(make(), 'weight', 1.5), 'amount=1.5 should either be a float in the range [0, 1] or a non-negative integer'],
    [() => prune.remove(make(), 'weight'), "Parameter 'weight' of module Linear(in_features=4, out_features=2, bias=True) has to be pruned before pruning can be removed"],
  ];
  test.each(wrong)('%s is refused', (call, text) => {
    expect(call).toThrow(text);
  });
});
