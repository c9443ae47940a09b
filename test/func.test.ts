/** torch.func. */
import * as torch from 'strided';
import { refuses, text } from './refusals';

type Tensor = torch.Tensor;
const { functional_call, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, linearize, vjp, vmap } = torch.func;
const ones = (n = 2) => torch.ones(n);
const grid = () => torch.arange(6).reshape(2, 3);
const all = (v: any): any => (v instanceof torch.Tensor ? text(v) : Array.isArray(v) ? v.map(all) : v);

test('grad, of a gradient too, by several arguments, with aux', () => {
  expect(text(grad(grad((x: Tensor) => x.pow(3)))(torch.tensor(2)))).toBe('12');
  const dot = (a: Tensor, b: Tensor) => a.mul(b).mul(b).sum();
  expect(grad(dot, { argnums: [0, 1] })(ones(), ones()).map(text)).toEqual(['[1,1]', '[2,2]']);
  expect(text(grad(dot, -1)(ones(), ones()))).toBe('[2,2]');
  const withAux = (a: Tensor) => [a.mul(a).sum(), a.mul(3)];
  expect(grad(withAux, { has_aux: true })(ones()).map(text)).toEqual(['[2,2]', '[3,3]']);
  const [g, [value, aux]] = grad_and_value(withAux, { has_aux: true })(ones());
  expect([g, value, aux].map(text)).toEqual(['[2,2]', '2', '[3,3]']);
  const inObject = grad((p: { a: Tensor; b: Tensor[] }) => p.a.mul(p.b[0] as Tensor).sum());
  const found = inObject({ a: ones(), b: [ones().mul(3)] });
  expect([text(found.a), all(found.b)]).toEqual(['[3,3]', ['[1,1]']]);
});

test('jacrev, jacfwd and hessian, nested in any order', () => {
  const square = (x: Tensor) => x.mul(x);
  const cube = (x: Tensor) => x.pow(3).sum();
  for (const jacobian of [jacrev, jacfwd]) {
    expect(text(jacobian(square)(ones()))).toBe('[[2,0],[0,2]]');
    expect(all(jacobian(torch.mul, [0, 1])(ones(), ones()))).toEqual(['[[1,0],[0,1]]', '[[1,0],[0,1]]']);
    expect(all(jacobian((a: Tensor) => [a, square(a)])(ones()))).toEqual(['[[1,0],[0,1]]', '[[2,0],[0,2]]']);
    expect(all(jacobian((a: Tensor) => [a, a], { has_aux: true })(ones()))).toEqual(['[[1,0],[0,1]]', '[1,1]']);
    for (const inner of [jacrev, jacfwd]) expect(text(jacobian(inner(cube))(ones()))).toBe('[[6,0],[0,6]]');
  }
  const h = hessian(cube)(ones());
  expect([text(h), h.requires_grad]).toEqual(['[[6,0],[0,6]]', false]);
  const [[aa, ab]] = hessian((a: Tensor, b: Tensor) => a.mul(b).sum(), [0, 1])(ones(), ones());
  expect([aa, ab].map(text)).toEqual(['[[0,0],[0,0]]', '[[1,0],[0,1]]']);
});

test('vjp, jvp and linearize', () => {
  const [sum, back] = vjp(torch.add, grid(), ones(3));
  expect([text(sum), all(back(grid()))]).toEqual(['[[1,2,3],[4,5,6]]', ['[[0,1,2],[3,4,5]]', '[3,5,7]']]);
  expect(all(vjp((a: Tensor) => ({ a }), ones())[1]({ a: ones() }))).toEqual(['[1,1]']);
  expect(all(vjp((_: Tensor) => ones(), ones())[1](ones()))).toEqual(['[0,0]']);
  const [, , aux] = vjp((a: Tensor) => [a, a.mul(5)], ones(), { has_aux: true });
  expect(text(aux)).toBe('[5,5]');
  expect(all(jvp(torch.mul, [ones(), ones()], [ones(), ones().mul(2)]))).toEqual(['[1,1]', '[3,3]']);
  expect(all(jvp((a: Tensor) => [a, a.mul(2)], [ones()], [ones()]))).toEqual([
    ['[1,1]', '[2,2]'],
    ['[1,1]', '[2,2]'],
  ]);
  const [value, along] = linearize((a: Tensor) => a.mul(a), ones());
  expect([value, along(ones()), along(ones().mul(3))].map(text)).toEqual(['[1,1]', '[2,2]', '[6,6]']);
  const curved = grad((a: Tensor) => jvp((b: Tensor) => b.pow(3), [a], [ones()])[1].sum());
  expect(text(curved(ones()))).toBe('[6,6]');
});

test('vmap: dimensions of inputs and outputs, objects, nesting, no examples', () => {
  expect(text(vmap(torch.dot)(grid(), grid()))).toBe('[5,50]');
  expect(text(vmap(torch.add, [0, null])(grid(), ones(3)))).toBe('[[1,2,3],[4,5,6]]');
  expect(text(vmap((a: Tensor) => a.mul(2), -1)(grid()))).toBe('[[0,6],[2,8],[4,10]]');
  expect(all(vmap((a: Tensor) => [a, a], { out_dims: [0, 1] })(grid()))).toEqual([
    '[[0,1,2],[3,4,5]]',
    '[[0,3],[1,4],[2,5]]',
  ]);
  const named = vmap((d: { a: Tensor }, b: Tensor) => d.a.mul(b), { in_dims: [{ a: 0 }, null], chunk_size: 1 });
  expect(text(named({ a: grid() }, ones(3)))).toBe('[[0,1,2],[3,4,5]]');
  expect(text(vmap(vmap((a: Tensor) => a.add(1)))(grid()))).toBe('[[1,2,3],[4,5,6]]');
  expect(vmap(torch.sin)(torch.ones(0, 2)).shape).toEqual([0, 2]);
});

test('gradients flow through vmap, per example and of all', () => {
  const loss = (a: Tensor) => a.pow(2).sum();
  expect(text(vmap(grad(loss))(grid()))).toBe('[[0,2,4],[6,8,10]]');
  expect(text(grad((a: Tensor) => vmap(loss)(a).sum())(grid()))).toBe('[[0,2,4],[6,8,10]]');
  const x = grid().requires_grad_();
  vmap(loss)(x).sum().backward();
  expect(text(x.grad as Tensor)).toBe('[[0,2,4],[6,8,10]]');
});

test('random numbers in vmap', () => {
  const draw = (randomness: 'same' | 'different') => {
    torch.manual_seed(0);
    return text(vmap((_: Tensor) => torch.randn(2).mul(1000).round(), { randomness })(grid()));
  };
  expect(draw('different')).toBe('[[1541,-293],[-2179,568]]');
  expect(draw('same')).toBe('[[1541,-293],[1541,-293]]');
});

test('functional_call uses other tensors and leaves the module as it was', () => {
  const net = new torch.nn.Sequential(new torch.nn.Linear(2, 1));
  const weight = net.get_parameter('0.weight');
  const given = { '0.weight': torch.zeros(1, 2), '0.bias': ones(1) };
  expect(text(functional_call(net, given, ones().reshape(1, 2)))).toBe('[[1]]');
  expect(net.get_parameter('0.weight')).toBe(weight);
  const slope = grad((p: Record<string, Tensor>) => functional_call(net, p, torch.ones(1, 2)).sum())(given);
  expect([text(slope['0.weight']), text(slope['0.bias'])]).toEqual(['[[1,1]]', '[1]']);
  expect(() => functional_call(net, { '0.weight': ones() }, [torch.ones(1, 7)])).toThrow();
  expect(net.get_parameter('0.weight')).toBe(weight);
  const nets = [new torch.nn.Linear(2, 1), new torch.nn.Linear(2, 1)];
  const [params, buffers] = torch.func.stack_module_state(nets);
  expect([params.weight?.shape, params.weight?.requires_grad, buffers]).toEqual([[2, 1, 2], true, {}]);
  const one = (p: Record<string, Tensor>, x: Tensor) => functional_call(nets[0] as torch.nn.Module, p, x);
  const y = vmap(one, [0, null])(params, torch.ones(1, 2));
  expect(text(y)).toBe(text(torch.stack(nets.map((n) => n(torch.ones(1, 2))))));
});

const linear = () => new torch.nn.Linear(2, 2);
const spec = (...parts: string[]) => `TreeSpec(tuple, None, [${parts.join(',\n  ')}])`;
refuses([
  [
    () => grad((a: Tensor) => a.mul(2))(ones()),
    'RuntimeError: grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with 1 dims. Maybe you wanted to use the vjp or jacrev APIs instead?',
  ],
  [() => grad((a: Tensor) => a.sum(), 2)(ones()), 'RuntimeError: Got argnum=2, but only 1 positional inputs'],
  [() => grad((a: Tensor) => a.sum(), [])(ones()), 'RuntimeError: argnums must be non-empty'],
  [
    () => grad((a: Tensor) => a.sum(), { has_aux: true })(ones()),
    'RuntimeError: grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True',
  ],
  [() => vjp(torch.sin, 3), "ValueError: Thing passed to transform API must be Tensor, got <class 'int'>"],
  [
    () => vjp((a: Tensor) => [a, a], ones())[1](ones()),
    'RuntimeError: Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: *, primal output: (*, *)',
  ],
  [
    () => jvp(torch.sin, [ones()], [grid()]),
    'RuntimeError: Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [2] while the given forward gradient is of size [2, 3].',
  ],
  [
    () => jacfwd(() => 3)(ones()),
    "RuntimeError: jvp(f, primals, tangents): expected f(*primals) to return only tensors, got unsupported type <class 'int'>",
  ],
  [
    () => vmap(torch.sin, 2)(grid()),
    'ValueError: vmap(sin, in_dims=2, ...)(<inputs>): Got in_dim=2 for some input, but that input is a Tensor of dimensionality 2 so expected in_dim to satisfy -2 <= in_dim < 2.',
  ],
  [
    () => vmap(torch.sin, [0, 0])(grid()),
    `ValueError: vmap(sin, in_dims=(0, 0), ...)(<inputs>): in_dims is not compatible with the structure of \`inputs\`. in_dims has structure ${spec('*', '*')} but inputs has structure ${spec('*')}.`,
  ],
  [
    () => vmap(torch.add)(grid(), ones(3)),
    'ValueError: vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [2, 3] for the mapped dimension',
  ],
  [
    () => vmap((a: Tensor) => a, { out_dims: [0, 0] })(grid()),
    `ValueError: vmap(<lambda>, ..., out_dims=(0, 0))(<inputs>): out_dims is not compatible with the structure of \`outputs\`. out_dims has structure ${spec('*', '*')} but outputs has structure *.`,
  ],
  [
    () => vmap((_: Tensor) => torch.randn(2))(grid()),
    "RuntimeError: vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap",
  ],
  [() => vmap(torch.sin, { chunk_size: 0 }), 'ValueError: vmap: chunk_size should be None or greater than 0. (got 0)'],
  [
    () => functional_call(linear(), { w: ones() }, ones(), null, { strict: true }),
    "RuntimeError: Error(s) in reparametrizing for Linear:\n\tUnexpected key(s): 'w'.\n\tMissing key(s): 'bias', 'weight'.",
  ],
  [
    () => functional_call(linear(), [{ weight: ones() }, { weight: ones() }], ones()),
    "ValueError: ['weight'] appeared in multiple dictionaries; behavior of functional call is ambiguous",
  ],
]);

test('functional_call refuses different values for tied names, and takes options in place of kwargs', () => {
  class Tied extends torch.nn.Module {
    a = new torch.nn.Linear(2, 2, { bias: false });
    b = new torch.nn.Linear(2, 2, { bias: false });
    constructor() {
      super();
      this.b.weight = this.a.weight;
    }
    override forward(x: Tensor) {
      return this.a(x).add(this.b(x));
    }
  }
  const net = new Tied();
  const eye = torch.eye(2);
  expect(text(functional_call(net, { 'b.weight': eye }, ones()))).toBe('[2,2]');
  const both = { 'a.weight': eye, 'b.weight': torch.zeros(2, 2) };
  expect(() => functional_call(net, both, ones())).toThrow(
    "functional_call got multiple values for keys ['a.weight', 'b.weight'], which are tied. Consider using tie_weights=False",
  );
  expect(text(functional_call(net, both, ones(), { tie_weights: false }))).toBe('[1,1]');
  expect(() => functional_call(net, {}, ones(), { strict: true })).toThrow("Missing key(s): 'a.weight', 'b.weight'.");
  expect(() => vmap((x: Tensor) => x, { in_dims: null })(ones())).toThrow("got: <class 'NoneType'>");
});
