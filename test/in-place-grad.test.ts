/** What ops in place, and ops without gradient, are to the graph. */
import * as torch from 'strided';

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true });
const name = (t: torch.Tensor) => t.grad_fn?.name() ?? null;

test('comparisons in place are recorded, and end the gradient of what they replace', () => {
  const x = leaf(1, 2);
  const y = x.mul(3);
  y.eq_(6);
  expect(name(y)).toBe('EqBackward0');
  y.ge_(torch.ones(2));
  expect(name(y)).toBe('GeBackward1');
  expect(y.tolist()).toEqual([0, 1]);
  y.sum().backward();
  expect(x.grad?.tolist()).toEqual([0, 0]);
  expect(name(x.eq(1))).toBeNull();
  expect(() => x.lt_(1)).toThrow('a leaf Variable that requires grad is being used in an in-place operation.');
});

test('ops without a formula refuse the gradient', () => {
  const x = leaf(1, 2);
  const y = x.floor_divide(2);
  expect(name(y)).toBe('NotImplemented');
  expect(() => y.sum().backward()).toThrow('derivative for aten::floor_divide is not implemented');
  expect(() => torch.heaviside(x, torch.ones(2)).sum().backward()).toThrow(
    'derivative for aten::heaviside is not implemented',
  );
  expect(torch.no_grad(() => x.floor_divide(2)).requires_grad).toBe(false);
});

test('nodes are named by what the operands are, and by whether they work in place', () => {
  const x = leaf(1, 2);
  const y = torch.ones(2);
  const names = [
    x.fmod(2),
    x.fmod(y),
    x.remainder(y),
    x.copysign(2),
    x.copysign(y),
    torch.lerp(x, y, 0.5),
    torch.lerp(x, y, y),
    x.clamp(0, 1),
    x.clamp({ min: y }),
    x.clamp_min(y),
    x.div(2, { rounding_mode: 'floor' }),
    x.clone().asinh_(),
    x.clone().as_strided_([1], [1]),
  ].map(name);
  expect(names).toEqual([
    'FmodBackward0',
    'FmodBackward1',
    'RemainderBackward1',
    'CopysignBackward1',
    'CopysignBackward0',
    'LerpBackward0',
    'LerpBackward1',
    'ClampBackward1',
    'ClampBackward0',
    'ClampMinBackward1',
    'DivBackward2',
    'AsinhBackward1',
    'AsStridedBackward1',
  ]);
});

test('select_scatter, aminmax and the gradient of select are one node each', () => {
  const x = torch.tensor(
    [
      [1, 2],
      [3, 3],
    ],
    { requires_grad: true },
  );
  const replaced = x.select_scatter(torch.zeros(2), 0, 0);
  expect([name(replaced), replaced._version]).toEqual(['SelectScatterBackward0', 0]);
  const { min, max } = x.aminmax({ dim: 1 });
  expect([name(min), max.output_nr]).toEqual(['AminmaxBackward0', 1]);
  min.add(max.mul(2)).sum().backward();
  expect(x.grad?.tolist()).toEqual([
    [1, 2],
    [1.5, 1.5],
  ]);
  const [g] = torch.autograd.grad(x.pow(2).select(0, 1).sum(), x, { create_graph: true }) as [torch.Tensor];
  expect(g.tolist()).toEqual([
    [0, 0],
    [6, 6],
  ]);
  const [first] = torch.autograd.grad(x.select(0, 1), x, torch.ones(2, { requires_grad: true }), {
    create_graph: true,
  }) as [torch.Tensor];
  expect(name(first)).toBe('SelectBackwardBackward0');
});

test('set_ takes the memory of another tensor', () => {
  const x = torch.zeros(2);
  const memory = torch.arange(6);
  x.set_(memory);
  expect([x.tolist(), x._version]).toEqual([[0, 1, 2, 3, 4, 5], 1]);
  x.add_(1);
  expect(memory.tolist()).toEqual([1, 2, 3, 4, 5, 6]);
  x.set_(memory, 1, [2, 2], [1, 1]);
  expect(x.tolist()).toEqual([
    [2, 3],
    [3, 4],
  ]);
  expect(torch.ones(2).set_().shape).toEqual([0]);
  expect(() => x.set_(torch.ones(2, { dtype: torch.float64 }))).toThrow(
    'Could not set tensor of type double to a tensor of type float',
  );
  const w = leaf(1, 2);
  expect(() => w.set_(x)).toThrow('a leaf Variable that requires grad is being used in an in-place operation.');
  const y = w.mul(2).set_(torch.ones(3));
  expect(name(y)).toBe('NotImplemented');
  expect(() => y.sum().backward()).toThrow('derivative for aten::set_ is not implemented');
});

test('integers take the values of what requires grad without its history', () => {
  const x = torch.zeros(2, { dtype: torch.int64 });
  x.copy_(leaf(1, 2));
  expect([x.tolist(), x.requires_grad, x.is_leaf]).toEqual([[1, 2], false, true]);
});

test('requires_grad of a view that lost its history can be asked', () => {
  const base = torch.zeros(2);
  const view = torch.no_grad(() => base.view(2));
  base.mul_(leaf(1, 2));
  expect(view.requires_grad).toBe(true);
  expect(() => view.grad_fn).toThrow('A view was created in no_grad mode and its base');
});

test('backward(inputs) adds once to a tensor that is named twice, and runs the hooks of its node', () => {
  const x = leaf(1, 2);
  const y = x.mul(2);
  const seen: unknown[] = [];
  y.grad_fn?.register_prehook((grads) => {
    seen.push(grads[0]?.tolist());
  });
  y.backward(torch.ones(2), { inputs: [y, y], retain_graph: true });
  y.backward(torch.ones(2), { inputs: [x, x] });
  expect([y.grad?.tolist(), x.grad?.tolist(), seen.length]).toEqual([[2, 2], [2, 2], 2]);
});

test('a Function hands out its arguments as others where nothing is recorded', () => {
  class Same extends torch.autograd.Function {
    static override forward(_ctx: torch.autograd.FunctionCtx, x: torch.Tensor) {
      return x;
    }
  }
  class Doubled extends torch.autograd.Function {
    static override forward(ctx: torch.autograd.FunctionCtx, x: torch.Tensor) {
      ctx.mark_dirty(x.mul_(2));
      return x;
    }
  }
  const x = torch.ones(2);
  expect([Same.apply(x) === x, Same.apply(x)._base === x, Doubled.apply(x) === x]).toEqual([false, true, true]);
  const w = leaf(1, 2);
  torch.no_grad(() => {
    for (const cls of [Same, Doubled]) {
      const y = cls.apply(w);
      expect([y === w, y.requires_grad]).toEqual([false, false]);
    }
  });
  expect([w.requires_grad, w.tolist()]).toEqual([true, [2, 4]]);
});

test('out= takes a shape of fewer dimensions than it had', () => {
  const out = torch.ones(1, 2);
  torch.sin(torch.zeros(2), { out });
  expect([out.shape, out.tolist()]).toEqual([[2], [0, 0]]);
  expect(torch.add(torch.tensor(1), 1, { out: torch.ones(1) }).shape).toEqual([]);
});

test('transposes by other names refuse vectors', () => {
  const x = torch.ones(3);
  expect(() => x.mT).toThrow('tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.');
  expect(() => x.adjoint()).toThrow('tensor.adjoint() is only supported on matrices or batches');
  expect(() => torch.ones(1, 2, 3).H).toThrow('Got 3-D tensor. For batches of matrices, consider using tensor.mH');
  expect([torch.ones(2, 3).H.shape, torch.tensor(1).mT.shape, x.real === x]).toEqual([[3, 2], [], true]);
});
