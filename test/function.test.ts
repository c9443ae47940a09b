/** torch.autograd.Function: custom ops, what their context keeps, and PyTorch's errors. */
import * as torch from 'strided';
import { refuses, text, thrown } from './refusals';

type Ctx = InstanceType<typeof torch.autograd.FunctionCtx>;
type Tensor = torch.Tensor;

class Cube extends torch.autograd.Function {
  static override forward(ctx: Ctx, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    return x.pow(3);
  }
  static override backward(ctx: Ctx, g: Tensor) {
    const [x] = ctx.saved_tensors as [Tensor];
    return g.mul(x.mul(x)).mul(3);
  }
}

/** A Function of one forward and one backward. */
function make(name: string, forward: (ctx: Ctx, ...args: any[]) => any, backward?: (ctx: Ctx, ...g: any[]) => any) {
  const cls = class extends torch.autograd.Function {
    static override forward = forward;
  };
  if (backward) Object.defineProperty(cls, 'backward', { value: backward });
  return Object.defineProperty(cls, 'name', { value: name });
}
/** A forward that says that it changes its argument. */
const dirtied = (fn: (x: Tensor) => Tensor) => (ctx: Ctx, x: Tensor) => {
  ctx.mark_dirty(x);
  return fn(x);
};
const ones = (...size: number[]) => torch.ones(...size, { requires_grad: true });

test('forward, backward, double backward', () => {
  const x = torch.tensor([1, 2], { dtype: torch.float64, requires_grad: true });
  const y = Cube.apply(x);
  expect(y.grad_fn?.name()).toBe('CubeBackward');
  expect(y.requires_grad).toBe(true);
  expect(torch.autograd.gradcheck((t: Tensor) => Cube.apply(t), [x])).toBe(true);
  expect(torch.autograd.gradgradcheck((t: Tensor) => Cube.apply(t), [x])).toBe(true);
  expect(torch.no_grad(() => Cube.apply(x)).grad_fn).toBe(null);
});

test('setup_context, properties of ctx, needs_input_grad and arguments that are no tensors', () => {
  const seen: unknown[] = [];
  class Scale extends torch.autograd.Function {
    static override forward(x: Tensor, k: number, other: Tensor): Tensor {
      return x.mul(k).add(other);
    }
    static override setup_context(ctx: Ctx, [, k]: any[], output: Tensor) {
      ctx.k = k;
      seen.push(output.requires_grad);
    }
    static override backward(ctx: Ctx, g: Tensor) {
      seen.push(ctx.needs_input_grad);
      return [g.mul(ctx.k), null, null];
    }
  }
  const x = ones(2);
  Scale.apply(x, 3, torch.ones(2)).sum().backward();
  expect(text(x.grad as Tensor)).toBe('[3,3]');
  expect(seen).toEqual([false, [true, false, false]]);
});

test('results without use give zeros, or null without materialize_grads', () => {
  for (const materialize of [true, false]) {
    const got: unknown[] = [];
    const Two = make(
      'Two',
      (ctx, x) => {
        ctx.set_materialize_grads(materialize);
        return [x.mul(1), x.mul(2)];
      },
      (_ctx, a, b) => {
        got.push(a && text(a), b && text(b));
        return a ?? b;
      },
    );
    const [, second] = Two.apply(ones(2));
    expect(second.output_nr).toBe(1);
    second.sum().backward();
    expect(got).toEqual([materialize ? '[0,0]' : null, '[1,1]']);
  }
});

test('mark_dirty: the argument itself is returned, with a new history and version', () => {
  const Inc = make(
    'Inc',
    dirtied((t) => t.add_(1)),
    (_ctx, g) => g.mul(5),
  );
  const x = ones(2);
  const z = x.mul(1);
  const w = Inc.apply(z);
  expect([w === z, z.grad_fn?.name(), z._version]).toEqual([true, 'IncBackward', 2]);
  z.sum().backward();
  expect(text(x.grad as Tensor)).toBe('[5,5]');
});

test('mark_dirty of a view: its base gets a history in which the part was replaced', () => {
  const Double = make(
    'Double',
    dirtied((t) => t.mul_(2)),
    (_ctx, g) => g.mul(2),
  );
  const x = ones(3);
  const base = x.clone();
  const view = base.narrow(0, 0, 2);
  expect(Double.apply(view) === view).toBe(true);
  expect([base.grad_fn?.name(), view.grad_fn?.name(), base._version]).toEqual(['CopySlices', 'AsStridedBackward0', 2]);
  base.sum().add(view.sum()).backward();
  expect(text(x.grad as Tensor)).toBe('[4,4,1]');

  // The view may be any of the arguments, and only others may require grad.
  const ScaleSecond = make(
    'ScaleSecond',
    (ctx: Ctx, scale: Tensor, t: Tensor) => {
      ctx.mark_dirty(t);
      ctx.save_for_backward(scale);
      return t.mul_(scale);
    },
    (ctx, g) => [g.sum(), g.mul((ctx.saved_tensors as Tensor[])[0] as Tensor)],
  );
  const scale = torch.tensor(3, { requires_grad: true });
  const plain = torch.ones(3);
  ScaleSecond.apply(scale, plain.narrow(0, 1, 2));
  plain.sum().backward();
  expect([text(plain), text(scale.grad as Tensor)]).toEqual(['[1,3,3]', '2']);

  expect(thrown(() => Double.apply(ones(2).view(2)))).toBe(
    'RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation.',
  );
  expect(thrown(() => Double.apply(ones(4).clone().chunk(2)[0]))).toMatch(
    /^RuntimeError: Output 0 of Split is a view and is being modified inplace\./,
  );
  const Both = make(
    'Both',
    dirtied((t) => [t.mul_(2), t.sum()] as never),
  );
  expect(thrown(() => Both.apply(ones(2).clone().view(2)))).toMatch(
    /^RuntimeError: If your Function modifies inplace an input that is a view of another Tensor, your Function cannot/,
  );
});

test('mark_non_differentiable and integer results', () => {
  const Max = make(
    'Max',
    (ctx, x) => {
      const [values, order] = x.max({ dim: 0 });
      const mask = x.mul(0);
      ctx.mark_non_differentiable(mask);
      return [values, order, mask];
    },
    (_ctx, g, ...others) => {
      seen.push(...others);
      return g.expand(2);
    },
  );
  const seen: Tensor[] = [];
  const out = Max.apply(ones(2));
  expect(out.map((t: Tensor) => t.requires_grad)).toEqual([true, false, false]);
  out[0].backward();
  expect(seen.map((t) => `${t.dtype.name} ${text(t)}`)).toEqual(['int64 0', 'float32 [0,0]']);
});

test('an input that is returned as it is becomes a view that may not be changed', () => {
  const Same = make(
    'Same',
    (_ctx, x) => x,
    (_ctx, g) => g.mul(2),
  );
  const x = ones(2);
  const y = Same.apply(x);
  expect(y === x).toBe(false);
  expect(y.grad_fn?.name()).toBe('SameBackward');
  y.sum().backward();
  expect(text(x.grad as Tensor)).toBe('[2,2]');
  expect(thrown(() => y.add_(1))).toBe(
    'RuntimeError: Output 0 of Same is a view and is being modified inplace. This view was created inside a custom Function (or because an input was ' +
      'returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading ' +
      'to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.',
  );
});

test('once_differentiable', () => {
  class Once extends torch.autograd.Function {
    static override forward(ctx: Ctx, x: Tensor): Tensor {
      ctx.save_for_backward(x);
      return x.mul(x);
    }
    static override backward = torch.autograd.once_differentiable((ctx: Ctx, g: Tensor) =>
      g.mul(ctx.saved_tensors[0] as Tensor).mul(2),
    );
  }
  const x = ones(2);
  const [g] = torch.autograd.grad(Once.apply(x), x, ones(2), { create_graph: true }) as [Tensor];
  expect(text(g)).toBe('[2,2]');
  expect(thrown(() => g.sum().backward())).toBe(
    'RuntimeError: trying to differentiate twice a function that was marked with @once_differentiable',
  );
});

test('saved tensors: versions are checked, and a second backward finds them freed', () => {
  const x = ones(2);
  const t = x.mul(1);
  const y = Cube.apply(t);
  t.add_(1);
  expect(thrown(() => y.sum().backward())).toMatch(/modified by an inplace operation/);
  const z = Cube.apply(x).sum();
  z.backward();
  expect(thrown(() => z.backward())).toMatch(/^RuntimeError: Trying to backward through the graph a second time/);
});

const times = (_ctx: Ctx, x: Tensor, k: number = 1) => x.mul(k);
const back = (cls: { apply(...args: any[]): any }, ...args: unknown[]) =>
  cls
    .apply(ones(2), ...args)
    .sum()
    .backward();
refuses([
  [
    () =>
      back(
        make('A', times, (_c, g) => g),
        2,
      ),
    'RuntimeError: function ABackward returned an incorrect number of gradients (expected 2, got 1)',
  ],
  [
    () =>
      back(
        make('B', times, (_c, g) => [g, g]),
        2,
      ),
    'RuntimeError: function BBackward returned a gradient different than None at position 2, but the corresponding forward input was not a Variable',
  ],
  [() => back(make('C', times, () => 3)), 'RuntimeError: expected Variable or None (got number)'],
  [
    () => back(make('I', times, () => torch.ones(3))),
    'RuntimeError: Function IBackward returned an invalid gradient at index 0 - got [3] but expected shape compatible with [2]',
  ],
  [
    () => torch.autograd.Function.apply(ones(2)),
    'NotImplementedError: You must implement the forward function for custom autograd.Function.',
  ],
  [
    () => back(make('G', times)),
    'NotImplementedError: You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.',
  ],
  [
    () => make('H', (ctx) => ctx.save_for_backward(3 as never)).apply(ones(2)),
    'TypeError: save_for_backward can only save variables, but argument 0 is of type number',
  ],
  [
    () =>
      make(
        'K',
        dirtied((x) => x.add_(1)),
      ).apply(ones(2)),
    'RuntimeError: a leaf Variable that requires grad has been used in an in-place operation.',
  ],
  [
    () =>
      make(
        'L',
        dirtied((x) => x.mul(1)),
      ).apply(ones(2).mul(1)),
    'RuntimeError: Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.',
  ],
]);
