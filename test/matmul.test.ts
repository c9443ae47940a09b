/** Products: shapes, values, dtypes, layouts, the graph that they record, and error texts. */

import * as torch from 'strided';

const F = torch.nn.functional;
const leaf = (...size: number[]) => torch.rand(size, { requires_grad: true });
const counted = (...size: number[]) =>
  torch
    .arange(
      size.reduce((a, b) => a * b, 1),
      { dtype: torch.float32 },
    )
    .view(size);

/** The names of the nodes from `t` to the leaves, inputs in brackets. */
function graph(t: torch.Tensor): string {
  const walk = (node: NonNullable<torch.Tensor['grad_fn']>): string => {
    if (node.name() === 'AccumulateGrad') return 'leaf';
    const below = node.next_functions.flatMap(([next]) => (next ? [walk(next)] : []));
    return `${node.name().replace(/Backward/, '')}(${below.join(', ')})`;
  };
  return t.grad_fn ? walk(t.grad_fn) : 'none';
}

describe('values', () => {
  test('matrices, with operands in any layout', () => {
    const a = counted(2, 3);
    const b = counted(3, 2);
    const expected = [
      [10, 13],
      [28, 40],
    ];
    expect(a.mm(b).tolist()).toEqual(expected);
    expect(a.t().contiguous().t().mm(b).tolist()).toEqual(expected);
    expect(torch.mm(a, b.t().contiguous().t()).tolist()).toEqual(expected);
    const wide = torch.zeros(4, 6);
    wide.narrow(0, 1, 2).narrow(1, 2, 3).copy_(a);
    expect(wide.narrow(0, 1, 2).narrow(1, 2, 3).mm(b).tolist()).toEqual(expected);
    expect(a.flip(1).flip(1).mm(b).tolist()).toEqual(expected);
    expect(torch.ones(1, 3).expand(2, 3).mm(b).tolist()).toEqual([
      [6, 9],
      [6, 9],
    ]);
  });

  test('vectors', () => {
    expect(
      counted(3)
        .dot(torch.tensor([1, 2, 3]))
        .item(),
    ).toBe(8);
    expect(
      counted(2, 3)
        .mv(torch.tensor([1, 0, 2]))
        .tolist(),
    ).toEqual([4, 13]);
    expect(torch.outer(torch.tensor([1, 2]), torch.tensor([3, 4, 5])).tolist()).toEqual([
      [3, 4, 5],
      [6, 8, 10],
    ]);
    expect(torch.inner(counted(2, 3), torch.ones(3)).tolist()).toEqual([3, 12]);
    expect(
      torch
        .ones(1)
        .expand(3)
        .dot(counted(6).as_strided([3], [2]))
        .item(),
    ).toBe(6);
  });

  test('a product added to something else', () => {
    const a = counted(2, 2, 3);
    const b = counted(2, 3, 3);
    const c = torch.tensor([1, 2, 3]);
    expect(c.addmm(a.select(0, 0), b.select(0, 0), { beta: 2, alpha: 0.5 }).tolist()).toEqual([
      [9.5, 13, 16.5],
      [23, 31, 39],
    ]);
    expect(torch.addbmm(torch.ones(1), a, b).tolist()).toEqual([
      [274, 298, 322],
      [409, 451, 493],
    ]);
    expect(torch.baddbmm(torch.ones(1), a, b).select(0, 1).tolist()).toEqual([
      [259, 280, 301],
      [367, 397, 427],
    ]);
    expect(torch.addmv(torch.ones(1), counted(2, 3), torch.ones(3)).tolist()).toEqual([4, 13]);
    expect(torch.addr(torch.zeros(1), torch.tensor([1, 2]), torch.tensor([1, 3]), { alpha: 2 }).tolist()).toEqual([
      [2, 6],
      [4, 12],
    ]);
  });

  test('beta 0 does not read what is added, alpha 0 and no columns leave only that', () => {
    const nan = torch.full([2, 2], Number.NaN);
    expect(nan.addmm(torch.ones(2, 3), torch.ones(3, 2), { beta: 0 }).tolist()).toEqual([
      [3, 3],
      [3, 3],
    ]);
    expect(torch.ones(2, 2).addmm(nan, nan, { alpha: 0 }).sum().item()).toBe(4);
    expect(torch.ones(2).addmm(torch.zeros(3, 0), torch.zeros(0, 2)).sum().item()).toBe(6);
    expect(torch.zeros(2, 0).mm(torch.zeros(0, 3)).tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(torch.zeros(0, 3).matmul(torch.zeros(3, 2)).shape).toEqual([0, 2]);
  });

  test('dtypes: integers wrap around, 16-bit floats are summed in 32 bits', () => {
    const small = { dtype: torch.int8 };
    expect(torch.mm(torch.tensor([[100, 27]], small), torch.tensor([[2], [3]], small)).item()).toBe(25);
    expect(
      torch.addmm(torch.tensor([[7n]]), torch.tensor([[2n]]), torch.tensor([[3n]]), { beta: 0.5, alpha: 2 }).item(),
    ).toBe(12);
    const half = torch.full([1, 4096], 0.5, { dtype: torch.float16 });
    const product = half.mm(half.t());
    expect(product.dtype).toBe(torch.float16);
    expect(product.item()).toBe(1024);
    expect(
      torch
        .ones(2, 3, { dtype: torch.bfloat16 })
        .matmul(torch.ones(3, { dtype: torch.bfloat16 }))
        .tolist(),
    ).toEqual([3, 3]);
    expect(torch.ones(2, { dtype: torch.float64 }).dot(torch.ones(2, { dtype: torch.float64 })).dtype).toBe(
      torch.float64,
    );
  });

  test('out= and in place', () => {
    const out = torch.empty(0);
    expect(torch.mm(counted(1, 2), counted(2, 1), { out })).toBe(out);
    expect(out.tolist()).toEqual([[1]]);
    const x = torch.ones(2, 2);
    expect(x.addmm_(torch.ones(2, 3), torch.ones(3, 2))).toBe(x);
    expect(x.sum().item()).toBe(16);
    const grown = torch.ones(1);
    grown.addbmm_(torch.ones(4, 2, 3), torch.ones(4, 3, 2));
    expect(grown.tolist()).toEqual([
      [13, 13],
      [13, 13],
    ]);
  });

  test('matmul takes all numbers of dimensions', () => {
    const shapes: [number[], number[], number[]][] = [
      [[3], [3], []],
      [[2, 3], [3], [2]],
      [[3], [3, 4], [4]],
      [
        [2, 3],
        [3, 4],
        [2, 4],
      ],
      [[5, 2, 3], [3], [5, 2]],
      [
        [5, 2, 3],
        [3, 4],
        [5, 2, 4],
      ],
      [[3], [5, 3, 4], [5, 4]],
      [
        [2, 3],
        [5, 3, 4],
        [5, 2, 4],
      ],
      [
        [5, 2, 3],
        [1, 3, 4],
        [5, 2, 4],
      ],
      [
        [6, 1, 2, 3],
        [5, 3, 4],
        [6, 5, 2, 4],
      ],
      [
        [0, 2, 3],
        [3, 4],
        [0, 2, 4],
      ],
    ];
    for (const [a, b, expected] of shapes) {
      expect(torch.ones(a).matmul(torch.ones(b)).shape).toEqual(expected);
      const product = torch.ones(a, { requires_grad: true }).matmul(torch.ones(b, { requires_grad: true }));
      expect(product.shape).toEqual(expected);
      expect(product.is_contiguous()).toBe(true);
      if (product.numel() > 0) expect(product.max().item()).toBe(3);
    }
  });

  test('a batch times a matrix is that product of each', () => {
    const a = counted(2, 3, 4);
    const b = counted(4, 2);
    for (let i = 0; i < 2; i++) expect(a.matmul(b).select(0, i).tolist()).toEqual(a.select(0, i).mm(b).tolist());
    const turned = counted(4, 3, 2).permute(2, 1, 0);
    for (let i = 0; i < 2; i++)
      expect(turned.matmul(b).select(0, i).tolist()).toEqual(turned.select(0, i).mm(b).tolist());
  });

  test('sums of products over chosen dimensions', () => {
    const a = counted(2, 3);
    const b = counted(3, 2);
    expect(torch.einsum('ij,jk', a, b).tolist()).toEqual(a.mm(b).tolist());
    expect(torch.einsum('ij,jk->ki', [a, b]).tolist()).toEqual(a.mm(b).t().tolist());
    expect(torch.einsum('ii', counted(3, 3)).item()).toBe(12);
    expect(torch.einsum('...ij,...jk->...ik', torch.ones(5, 1, 2, 3), torch.ones(4, 3, 2)).shape).toEqual([5, 4, 2, 2]);
    expect(torch.einsum('i,i,i->', counted(3), counted(3), counted(3)).item()).toBe(9);
    expect(
      torch.tensordot(counted(2, 3, 4), counted(4, 3, 2), [
        [1, 2],
        [1, 0],
      ]).shape,
    ).toEqual([2, 2]);
    expect(torch.tensordot(a, b, { dims: 1 }).tolist()).toEqual(a.mm(b).tolist());
    const chain = [counted(2, 3), counted(3, 4), counted(4, 1)] as const;
    expect(torch.linalg.multi_dot(chain).tolist()).toEqual(chain[0].mm(chain[1]).mm(chain[2]).tolist());
    expect(F.bilinear(counted(1, 2), counted(1, 3), torch.ones(4, 2, 3), torch.ones(4)).tolist()).toEqual([
      [4, 4, 4, 4],
    ]);
  });
});

describe('the graph', () => {
  test.each([
    [() => leaf(3).matmul(leaf(3)), 'Dot0(leaf, leaf)'],
    [() => leaf(2, 3).matmul(leaf(3, 4)), 'Mm0(leaf, leaf)'],
    [() => leaf(2, 3).matmul(leaf(3)), 'Mv0(leaf, leaf)'],
    [() => leaf(3).matmul(leaf(3, 4)), 'Squeeze4(Mm0(Unsqueeze0(leaf), leaf))'],
    [() => leaf(2, 3, 4).matmul(leaf(4, 5)), 'UnsafeView0(Mm0(View0(leaf), leaf))'],
    [() => leaf(2, 3, 4).matmul(leaf(2, 4, 5)), 'UnsafeView0(Bmm0(View0(Expand0(leaf)), View0(Expand0(leaf))))'],
    [() => leaf(2, 3, 4).matmul(leaf(1, 4, 5)), 'UnsafeView0(Mm0(View0(leaf), Squeeze1(leaf)))'],
    [() => torch.rand(2, 3).matmul(leaf(4, 3, 5)), 'UnsafeView0(Bmm0(View0(Expand0(leaf))))'],
    [() => F.linear(leaf(2, 3), leaf(4, 3), leaf(4)), 'Addmm0(leaf, leaf, T0(leaf))'],
    [() => F.linear(leaf(2, 3), leaf(4, 3)), 'Mm0(leaf, T0(leaf))'],
    [() => F.linear(leaf(5, 2, 3), leaf(4, 3), leaf(4)), 'View0(Addmm0(leaf, View0(leaf), T0(leaf)))'],
    [() => torch.outer(leaf(2), leaf(3)), 'Mul0(View0(leaf), leaf)'],
  ])('%s', (make, expected) => {
    expect(graph(make())).toBe(expected);
  });

  test('gradients have the layout of their matrix', () => {
    for (const a of [leaf(2, 3), torch.rand(3, 2).t().requires_grad_()]) {
      for (const b of [leaf(3, 4), torch.rand(4, 3).t().requires_grad_()]) {
        for (const g of [torch.rand(2, 4), torch.rand(4, 2).t()]) {
          const [da, db] = torch.autograd.grad(a.mm(b), [a, b], g) as [torch.Tensor, torch.Tensor];
          expect([da.stride(), db.stride()]).toEqual([a.stride(), b.stride()]);
        }
      }
    }
    const weight = leaf(4, 3);
    F.linear(torch.rand(5, 2, 3), weight, leaf(4))
      .sum()
      .backward();
    expect(weight.grad?.stride()).toEqual([3, 1]);
    expect(weight.grad?._base).toBeNull();
  });

  test('a gradient that was handed over is not changed by the next backward', () => {
    const weight = torch.ones(1, 2, { requires_grad: true });
    F.linear(torch.tensor([[1, 2]]), weight).backward();
    expect(weight.grad?.tolist()).toEqual([[1, 2]]);
    const first = weight.grad;
    F.linear(torch.tensor([[10, 20]]), weight).backward();
    expect(weight.grad).toBe(first);
    expect(weight.grad?.tolist()).toEqual([[11, 22]]);
  });

  test('operands that were changed only where they are read', () => {
    const x = torch.ones(2, 2, { requires_grad: true });
    const other = torch.ones(2, 2);
    const changed = x.mul(1);
    const y = changed.mm(other);
    changed.add_(1);
    y.sum().backward();
    expect(x.grad?.tolist()).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });
});

test.each([
  [() => torch.mm(torch.ones(2, 3), torch.ones(4, 5)), 'mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)'],
  [() => torch.mm(torch.ones(3), torch.ones(3, 5)), 'self must be a matrix'],
  [() => torch.mm(torch.ones(2, 3), torch.ones(3)), 'mat2 must be a matrix'],
  [
    () => torch.mm(torch.ones(2, 3), torch.ones(3, 5).double()),
    'expected m1 and m2 to have the same dtype, but got: float != double',
  ],
  [
    () => torch.mm(torch.ones(2, 3).long(), torch.ones(3, 5)),
    'expected m1 and m2 to have the same dtype, but got: long int != float',
  ],
  [() => torch.mm(torch.ones(2, 3).bool(), torch.ones(3, 5).bool()), '"addmm_impl_cpu_" not implemented for \'Bool\''],
  [() => torch.mv(torch.ones(2, 3), torch.ones(4)), 'size mismatch, got input (2), mat (2x3), vec (4)'],
  [() => torch.mv(torch.ones(2), torch.ones(4)), 'vector + matrix @ vector expected, got 1, 1, 1'],
  [
    () => torch.mv(torch.ones(2, 3), torch.ones(3).double()),
    'addmv input tensors must have the same dtype, but got Double, Float, and Double',
  ],
  [
    () => torch.dot(torch.ones(3), torch.ones(4)),
    'inconsistent tensor size, expected tensor [3] and src [4] to have the same number of elements, but got 3 and 4 elements respectively',
  ],
  [() => torch.dot(torch.ones(3, 1), torch.ones(3)), '1D tensors expected, but got 2D and 1D tensors'],
  [
    () => torch.dot(torch.ones(3), torch.ones(3).half()),
    'dot : expected both vectors to have same dtype, but found Float and Half',
  ],
  [() => torch.bmm(torch.ones(2, 3), torch.ones(2, 3, 4)), 'batch1 must be a 3D tensor'],
  [
    () => torch.bmm(torch.ones(2, 2, 3), torch.ones(2, 2, 2)),
    'Expected size for first two dimensions of batch2 tensor to be: [2, 3] but got: [2, 2].',
  ],
  [
    () => torch.addmm(torch.ones(2, 4).double(), torch.ones(2, 3), torch.ones(3, 4)),
    'self and mat2 must have the same dtype, but got Double and Float',
  ],
  [
    () => torch.addmm(torch.ones(3), torch.ones(2, 3), torch.ones(3, 4)),
    'The expanded size of the tensor (4) must match the existing size (3) at non-singleton dimension 1.  Target sizes: [2, 4].  Tensor sizes: [3]',
  ],
  [
    () => torch.addbmm(torch.ones(2, 4), torch.ones(2, 2, 3), torch.ones(3, 3, 4)),
    'batch1 and batch2 must have same number of batches, got 2 and 3',
  ],
  [
    () => torch.matmul(torch.tensor(1), torch.ones(2)),
    'both arguments to matmul need to be at least 1D, but they are 0D and 1D',
  ],
  [
    () => torch.matmul(torch.ones(2, 2, 3), torch.ones(3, 3, 2)),
    'The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0',
  ],
  [() => torch.outer(torch.ones(2, 2), torch.ones(2)), 'outer: Expected 1-D argument self, but got 2-D'],
  [
    () => torch.inner(torch.ones(2, 3), torch.ones(4, 2)),
    'inner() the last dimension must match on both input tensors but got shapes [2, 3] and [4, 2]',
  ],
  [
    () => torch.einsum('ij,jk->ik', torch.ones(2, 3), torch.ones(2, 3)),
    'einsum(): subscript j has size 2 for operand 1 which does not broadcast with previously seen size 3',
  ],
  [
    () => torch.einsum('ij->k', torch.ones(2, 3)),
    'einsum(): output subscript k does not appear in the equation for any input operand',
  ],
  [
    () => torch.tensordot(torch.ones(2, 3), torch.ones(2, 3), 1),
    'contracted dimensions need to match, but first has size 3 in dim -1 and second has size 2 in dim 0',
  ],
])('refuses: %s', (call, text) => {
  expect(call).toThrow(torch.RuntimeError);
  expect(call).toThrow(new Error(text));
});

test.each([
  [1, 7, 5],
  [3, 4, 300],
  [20, 30, 1],
  [64, 64, 64],
  [130, 700, 90],
  [300, 5000, 40],
  [5, 0, 3],
])('_addmm_activation is addmm and then relu or gelu: (%i, %i, %i)', (m, k, n) => {
  torch.manual_seed(3);
  for (const dtype of [torch.float32, torch.float64, torch.bfloat16]) {
    const [bias, a, b] = [torch.randn(n, { dtype }), torch.randn(m, k, { dtype }), torch.randn(n, k, { dtype }).t()];
    const y = torch.addmm(bias, a, b, { beta: 2, alpha: 0.5 });
    expect(torch._addmm_activation(bias, a, b, { beta: 2, alpha: 0.5 }).equal(y.relu())).toBe(true);
    const fused = torch._addmm_activation(bias, a, b, { beta: 2, alpha: 0.5, use_gelu: true });
    expect(fused.equal(torch.nn.functional.gelu(y))).toBe(true);
  }
});

test('_addmm_activation has the gradient of its two ops', () => {
  const [bias, a, b] = [torch.ones(2), torch.tensor([[1, -3]]), torch.eye(2)];
  a.requires_grad_();
  torch._addmm_activation(bias, a, b).sum().backward();
  expect(a.grad?.tolist()).toEqual([[1, 0]]);
});
