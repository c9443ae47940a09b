/** torch.func. */
import * as torch from 'strided';
import { refuses, text } from './refusals';

type Tensor = torch.Tensor;
const { grad, grad_and_value, hessian, jacrev } = torch.func;
const ones = () => torch.ones(2);

test('grad, of a gradient too, by several arguments, with aux', () => {
  expect(text(grad(grad((x: Tensor) => x.pow(3)))(torch.tensor(2)))).toBe('12');
  const dot = (a: Tensor, b: Tensor) => a.mul(b).mul(b).sum();
  expect(grad(dot, { argnums: [0, 1] })(ones(), ones()).map(text)).toEqual(['[1,1]', '[2,2]']);
  expect(text(grad(dot, { argnums: -1 })(ones(), ones()))).toBe('[2,2]');
  const withAux = (a: Tensor) => [a.mul(a).sum(), a.mul(3)];
  expect(grad(withAux, { has_aux: true })(ones()).map(text)).toEqual(['[2,2]', '[3,3]']);
  const [g, [value, aux]] = grad_and_value(withAux, { has_aux: true })(ones());
  expect([g, value, aux].map(text)).toEqual(['[2,2]', '2', '[3,3]']);
});

test('jacrev and hessian', () => {
  expect(text(jacrev((x: Tensor) => x.mul(x))(ones()))).toBe('[[2,0],[0,2]]');
  const h = hessian((x: Tensor) => x.pow(3).sum())(ones());
  expect([text(h), h.requires_grad]).toEqual(['[[6,0],[0,6]]', false]);
});

refuses([
  [
    () => grad((a: Tensor) => a.mul(2))(ones()),
    'RuntimeError: grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with 1 dims. Maybe you wanted to use the vjp or jacrev APIs instead?',
  ],
  [
    () => grad((a: Tensor) => a.sum(), { argnums: 2 })(ones()),
    'RuntimeError: Got argnum=2, but only 1 positional inputs',
  ],
  [
    () => grad((a: Tensor) => a.sum(), { has_aux: true })(ones()),
    'RuntimeError: grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True',
  ],
]);
