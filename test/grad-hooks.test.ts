/** What hooks on gradients may return, and the arguments of backward() and grad(): PyTorch's rules and texts. */
import * as torch from 'strided';
import { refuses, text, thrown } from './refusals';

type Tensor = torch.Tensor;
const ones = (...size: number[]) => torch.ones(...size, { requires_grad: true });

/** backward() through a product whose gradient `hook` sees. */
function hooked(hook: (g: any) => unknown) {
  return () => {
    const y = ones(2).mul(2);
    y.register_hook(hook as (g: Tensor) => Tensor);
    y.sum().backward();
  };
}
function nodeHooked(how: 'register_hook' | 'register_prehook', hook: (...a: any[]) => unknown) {
  return () => {
    const x = ones(2);
    const y = x.mul(2);
    y.grad_fn?.[how](hook as never);
    y.sum().backward();
    return x.grad;
  };
}

refuses([
  [
    hooked(function longer() {
      return torch.ones(3);
    }),
    "RuntimeError: hook 'longer' has changed the size of value",
  ],
  [
    hooked(function wider(g: Tensor) {
      return g.double();
    }),
    "RuntimeError: hook 'wider' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)",
  ],
  [hooked(() => 5), "TypeError: expected Variable, but hook returned 'number'"],
  [
    nodeHooked('register_hook', function few(gs) {
      return [gs[0]];
    }),
    "RuntimeError: hook 'few' has returned an incorrect number of values (got 1, but expected 2)",
  ],
  [nodeHooked('register_prehook', (gs) => gs[0]), "TypeError: expected an array, but hook returned 'Tensor'"],
  [
    nodeHooked('register_hook', (gs) => [gs[0], gs[0]]),
    "RuntimeError: can't replace a None gradient with a non-None value",
  ],
]);

test('hooks of nodes replace gradients, or take them away', () => {
  expect(text(nodeHooked('register_hook', (gs) => [gs[0].mul(5), null])() as Tensor)).toBe('[10,10]');
  expect(text(nodeHooked('register_prehook', (gs) => [gs[0].mul(3)])() as Tensor)).toBe('[6,6]');
  expect(nodeHooked('register_prehook', () => [null])()).toBe(null);
});

test('backward(inputs) keeps the gradients of tensors that are no leaves', () => {
  const x = ones(2);
  const y = x.mul(2);
  y.sum().backward({ inputs: y });
  expect([text(y.grad as Tensor), y.retains_grad, x.grad]).toEqual(['[1,1]', true, null]);
});

const x = ones(2);
refuses([
  [() => x.sum().backward({ inputs: [] }), 'RuntimeError: `inputs` argument to `backward()` cannot be empty.'],
  [
    () => x.sum().backward({ inputs: torch.ones(2) }),
    "RuntimeError: can't retain_grad on Tensor that has requires_grad=False",
  ],
  [() => torch.autograd.grad(x.sum(), []), 'RuntimeError: `inputs` argument to `grad()` cannot be empty.'],
  [() => torch.autograd.grad([x.mul(2), x], x, [torch.ones(2)]), 'RuntimeError: got 2 tensors and 1 gradients'],
  [
    () => torch.autograd.grad(x.sum(), x, { allow_unused: false, materialize_grads: true }),
    'ValueError: Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
  ],
]);

test('a saved tensor that changed is named as PyTorch names it', () => {
  const base = ones(3).clone();
  const product = base.mul(base);
  base.narrow(0, 0, 2).add_(1);
  expect(thrown(() => product.sum().backward())).toContain(
    '[torch.FloatTensor [3]], which is output 0 of torch::autograd::CopySlices, is at version 1; expected version 0',
  );
});

test('one tensor used 100,000 times', () => {
  const x = torch.ones(1, { requires_grad: true });
  const uses = Array.from({ length: 100_000 }, () => x.mul(2));
  torch.stack(uses).sum().backward();
  expect(x.grad?.item()).toBe(200_000);
});

test('a chain of 20,000 nodes is differentiated twice', () => {
  const x = torch.ones(1, { dtype: torch.float64, requires_grad: true });
  let y = x;
  for (let i = 1; i < 20_000; i++) y = y.mul(x);
  const [slope] = torch.autograd.grad(y.sum(), x, { create_graph: true });
  (slope as Tensor).sum().backward();
  expect([slope?.item(), x.grad?.item()]).toEqual([20_000, 20_000 * 19_999]);
});
