/** torch.autograd.functional. */
import * as torch from 'strided';
import { refuses, text } from './refusals';

type Tensor = torch.Tensor;
const F = torch.autograd.functional;
const ones = (n = 2) => torch.ones(n);

test('vjp and jvp', () => {
  expect(F.vjp((a: Tensor) => a.sum(), ones()).map(text)).toEqual(['2', '[1,1]']);
  const a = torch.tensor([1, 2, 3]);
  const W = torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const f = (x: Tensor) => W.matmul(x.mul(x));
  expect(F.jvp(f, a, torch.tensor([1, 0, 0])).map(text)).toEqual(['[36,78]', '[2,8]']);
  expect(F.vjp(f, a, torch.tensor([1, 0])).map(text)).toEqual(['[36,78]', '[2,8,18]']);
  expect(F.jvp((x: Tensor) => x.mul(2), ones(), ones())[1].requires_grad).toBe(false);
});

test('jacobian and hessian', () => {
  expect(text(F.jacobian((x: Tensor) => x.mul(2), ones()))).toBe('[[2,0],[0,2]]');
  const table = F.jacobian((a: Tensor, b: Tensor) => [a.mul(b), b], [ones(), ones()]);
  expect(table.map((row: Tensor[]) => row.map(text))).toEqual([
    ['[[1,0],[0,1]]', '[[1,0],[0,1]]'],
    ['[[0,0],[0,0]]', '[[1,0],[0,1]]'],
  ]);
  expect(text(F.hessian((a: Tensor) => a.pow(2).sum().reshape(1), ones()))).toBe('[[2,0],[0,2]]');
  const h = F.hessian((a: Tensor, b: Tensor) => a.mul(b).sum(), [ones(), ones()]);
  expect(h.map((row: Tensor[]) => row.map(text))).toEqual([
    ['[[0,0],[0,0]]', '[[1,0],[0,1]]'],
    ['[[1,0],[0,1]]', '[[0,0],[0,0]]'],
  ]);
  const x = torch.ones(2, { requires_grad: true });
  const j = F.jacobian((t: Tensor) => t.pow(3), x, { create_graph: true });
  expect(text(torch.autograd.grad(j.sum(), x)[0] as Tensor)).toBe('[6,6]');
});

test('hvp and vhp', () => {
  const f = (a: Tensor) => a.pow(3).sum();
  expect(F.vhp(f, ones(), ones()).map(text)).toEqual(['2', '[6,6]']);
  expect(F.hvp(f, ones(), torch.tensor([1, 2])).map(text)).toEqual(['2', '[6,12]']);
});

const strict = { strict: true };
const constant = () => ones();
const LINEAR =
  'RuntimeError: While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. ' +
  'This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs ' +
  '(this would be violated by a linear function for example).';
const UNRELATED =
  'RuntimeError: Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the ' +
  'input when running in strict mode.';
refuses([
  [
    () => F.vjp((a: Tensor) => a.mul(2), ones()),
    'RuntimeError: The vector v can only be None if the user-provided function returns a single Tensor with a single element.',
  ],
  [
    () => F.jvp((a: Tensor) => a.mul(2), ones()),
    'RuntimeError: The vector v can only be None if the input to the user-provided function is a single Tensor with a single element.',
  ],
  [
    () => F.vjp((a: Tensor) => a.mul(2), ones(), ones(3)),
    'RuntimeError: v has invalid size: should be torch.Size([2]) but got torch.Size([3]).',
  ],
  [() => F.vjp(constant, ones(), ones(), strict), UNRELATED],
  [
    () => F.jacobian((a: Tensor, _b: Tensor) => a, [ones(), ones()], strict),
    'RuntimeError: Output 0 of the user-provided function is independent of input 1. This is not allowed in strict mode.',
  ],
  [
    () => F.hessian((a: Tensor) => a.mul(2), ones()),
    'RuntimeError: The Tensor returned by the function given to hessian should contain a single element',
  ],
  [
    () => F.vhp((a: Tensor) => [a, a], ones(), ones()),
    'RuntimeError: The function given to vhp should return a single Tensor',
  ],
  [() => F.vhp((a: Tensor) => a.sum(), ones(), ones(), strict), LINEAR],
  [
    () => F.jacobian((a: Tensor) => a, ones(), { strict: true, vectorize: true }),
    'RuntimeError: torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set `strict=False` or `vectorize=False`.',
  ],
  [
    () => F.jacobian((a: Tensor) => a.mul(2), ones(), { strict: true, create_graph: true }),
    'RuntimeError: The jacobian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True.',
  ],
  [
    () => F.hessian((a: Tensor) => a.mul(a).sum(), ones(), { strict: true, create_graph: true }),
    'RuntimeError: The hessian of the user-provided function is independent of input 0. This is not allowed in strict mode when create_graph=True.',
  ],
  [
    () => F.jacobian((a: Tensor) => a, ones(), { strategy: 'forward-mode' }),
    'NotImplementedError: Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for `vectorize=True`.',
  ],
  [
    () => F.jacobian((a: Tensor) => a, ones(), { strategy: 'sideways' as never }),
    'AssertionError: Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, ' +
      '"forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".',
  ],
]);
