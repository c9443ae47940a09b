import * as torch from 'strided';
import { type Callable, publicCall } from './public-call.js';
import { contiguousLeaf, type Input, inPlace, type Layout, leafOf, type Sample } from './samples/sample.js';
import { constant, distributional, elementwise, inner, samples, unfit } from './samples.js';

interface Param {
  type: string;
  list: boolean;
  required: boolean;
}

/** What the test reads of an op's declaration; overloads share a name. */
interface Spec {
  name: string;
  schema: { params: Param[]; output: string | readonly string[] };
  flags: { inplace?: boolean };
  derivatives?: unknown[];
  body?: unknown;
  notDifferentiable: boolean;
  tensorParams: number[];
  backwardName: string;
}

const registry = torch._C.registry as unknown as ReadonlyMap<string, { spec: Spec }>;

const LAYOUTS: readonly Layout[] = ['contiguous', 'transposed', 'sliced', 'expanded'];

const specs = [...registry.values()].map((declared) => declared.spec);
const hasFormula = (spec: Spec): boolean => (spec.derivatives ?? []).some((d) => d !== null);
const isDifferentiable = (spec: Spec): boolean =>
  spec.tensorParams.length > 0 &&
  spec.schema.output !== 'bool' &&
  !spec.notDifferentiable &&
  (spec.body !== undefined || hasFormula(spec));

const isChecked = (name: string): boolean =>
  !name.startsWith('_') &&
  publicCall(torch, name) !== undefined &&
  ![...constant, ...inner, ...distributional].includes(name);

/** Differentiable ops, and functions made of them that have samples. */
const names = [...new Set([...specs.filter(isDifferentiable).map((s) => s.name), ...Object.keys(samples)])].filter(
  isChecked,
);

/** Element-wise samples for ops all of whose arguments are tensors, or may be. */
function familySamples(name: string, call: Callable): Sample[] {
  const own = specs.filter((s) => s.name === name);
  const required = own.map((s) => s.schema.params.filter((p) => p.required));
  const plain = required.filter((params) =>
    params.every((p) => !p.list && /^(Tensor|Tensor\|Scalar|Scalar)$/.test(p.type)),
  );
  const operands = plain.find((params) => params.length > 0 && params.every((p) => p.type !== 'Scalar'));
  if (!operands) return [];
  const takesNumber = operands.map((_, i) =>
    plain.some((q) => q.length === operands.length && q[i]?.type !== 'Tensor'),
  );
  const inplace = name in torch.Tensor.prototype && `${name}_` in torch.Tensor.prototype;
  return elementwise(name, takesNumber, call, inplace);
}

/** Samples written for the op or for what it does in place, or those of its family. */
function samplesOf(name: string): Sample[] {
  const outOfPlace = name.replace(/_$/, '');
  const written = samples[name];
  if (written) return written();
  if (name.endsWith('_') && samples[outOfPlace]) return inPlace(outOfPlace, samples[outOfPlace]());
  return familySamples(name, publicCall(torch, name) as Callable);
}

type Node = NonNullable<torch.Tensor['grad_fn']>;

/** Names of all nodes that any sample went through, forward or backward. */
const reached = new Set<string>();

function reach(outputs: readonly torch.Tensor[]): void {
  const visit = (node: Node | null): void => {
    if (node === null) return;
    reached.add(node.name());
    for (const [next] of node.next_functions) visit(next);
  };
  for (const o of outputs) visit(o.grad_fn);
}

/** Both checks of a sample in one layout; false where no input has that layout. */
function check(sample: Sample, layout: Layout): boolean {
  const laid = sample.inputs.map((i, which) => leafOf(i, layout, which));
  if (laid.every((l) => l === null)) return false;
  const leaves = laid.map((l, which) => l ?? contiguousLeaf(sample.inputs[which] as Input, which));
  const inputs = leaves.map((l) => l.leaf);
  const f = (...xs: torch.Tensor[]) => sample.run(...xs.map((x, i) => leaves[i]?.view(x)));
  torch.manual_seed(0);
  torch.autograd.gradcheck(f, inputs);
  if (sample.once) expect(() => torch.autograd.gradgradcheck(f, inputs)).toThrow('derivative');
  else torch.autograd.gradgradcheck(f, inputs);
  const out = f(...inputs);
  const outputs = [out instanceof torch.Tensor ? out : [...out]].flat().filter((o) => o.requires_grad);
  reach(outputs);
  if (outputs.length === 0) return true;
  const cotangents = outputs.map((o) => torch.ones_like(o, { requires_grad: true }));
  const grads = torch.autograd.grad(outputs, inputs, cotangents, { create_graph: true, allow_unused: true });
  reach(grads.filter((g) => g !== null));
  return true;
}

/** Checks all samples of an op; the kinds of input that they tried. */
function checkAll(name: string): Set<string> {
  const tried = new Set<string>();
  for (const [n, sample] of samplesOf(name).entries()) {
    const shapes = sample.inputs.map((i) => `[${i.shape}]`).join(', ');
    if (sample.inputs.some((i) => i.shape.length === 0)) tried.add('0-d');
    if (sample.inputs.some((i) => i.shape.includes(0))) tried.add('empty');
    for (const layout of LAYOUTS) {
      if (sample.without?.includes(layout)) continue;
      try {
        if (check(sample, layout)) tried.add(layout);
      } catch (e) {
        throw new Error(`${name}, sample ${n} (${shapes}), ${layout}: ${(e as Error).message}`, { cause: e });
      }
    }
  }
  return tried;
}

describe('gradients of every differentiable op', () => {
  test.each(names)('%s', (name) => {
    const tried = checkAll(name);
    const wanted = ['contiguous', 'transposed', 'sliced', 'expanded', '0-d', 'empty'];
    const excused: readonly string[] = unfit[name] ?? [];
    expect(wanted.filter((kind) => !tried.has(kind) && !excused.includes(kind))).toEqual([]);
  });

  test('reach every formula, those of overloads and of inner ops too', () => {
    const unreached = specs.filter(
      (s) => hasFormula(s) && !reached.has(s.backwardName) && !distributional.includes(s.name),
    );
    expect(unreached.map((s) => `${s.name}: ${s.backwardName}`)).toEqual([]);
  });

  test('have samples of ops that there are', () => {
    const known = new Set(names);
    expect(Object.keys({ ...samples, ...unfit }).filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('gradcheck', () => {
  const x = () => torch.tensor([0.5, 1.5], { dtype: torch.float64, requires_grad: true });
  /** The value of x squared with the gradient of 3 x. */
  const wrong = (v: torch.Tensor) => v.mul(3).add(v.mul(v).sub(v.mul(3)).detach());

  test('shows both Jacobians where they differ', () => {
    expect(() => torch.autograd.gradcheck(wrong, [x()])).toThrow(torch.autograd.GradcheckError);
    expect(() => torch.autograd.gradcheck(wrong, [x()])).toThrow(
      'Jacobian mismatch for output 0 with respect to input 0,\n' +
        'numerical:tensor([[1.0000, 0.0000],\n        [0.0000, 3.0000]], dtype=torch.float64)\n' +
        'analytical:tensor([[3., 0.],\n        [0., 3.]], dtype=torch.float64)\n',
    );
    expect(torch.autograd.gradcheck(wrong, [x()], { raise_exception: false })).toBe(false);
  });

  test('leaves inputs as they were', () => {
    const input = x();
    expect(torch.autograd.gradcheck((v: torch.Tensor) => v.mul(v).sum(), input)).toBe(true);
    expect(input.tolist()).toEqual([0.5, 1.5]);
    expect(input.grad).toBeNull();
  });

  test('gradgradcheck finds a second gradient that is missing', () => {
    const once = (v: torch.Tensor) => v.mul(v.detach()).mul(2).sub(v.detach().mul(v.detach()));
    const cot = torch.ones([2], { dtype: torch.float64, requires_grad: true });
    expect(torch.autograd.gradcheck(once, [x()], { atol: 10 })).toBe(true);
    expect(torch.autograd.gradgradcheck(once, [x()], cot, { raise_exception: false })).toBe(false);
  });

  test('a function without a gradient must be constant', () => {
    expect(torch.autograd.gradcheck((v: torch.Tensor) => v.detach().mul(0), [x()])).toBe(true);
    expect(() => torch.autograd.gradcheck((v: torch.Tensor) => v.detach().mul(2), [x()])).toThrow(
      'Numerical gradient for function expected to be zero',
    );
  });

  test('rejects inputs that it cannot perturb', () => {
    const plain = torch.ones([2], { dtype: torch.float64 });
    expect(() => torch.autograd.gradcheck((v: torch.Tensor) => v, [plain])).toThrow(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
    );
    const overlapping = torch.ones([1], { dtype: torch.float64 }).expand(3).requires_grad_();
    expect(() => torch.autograd.gradcheck((v: torch.Tensor) => v, [overlapping])).toThrow(
      'The 0th input has a dimension with stride 0.',
    );
  });

  test('names the options that there are', () => {
    const misspelt = { epsilon: 1e-3 } as object;
    expect(() => torch.autograd.gradcheck((v: torch.Tensor) => v, [x()], misspelt)).toThrow(
      "gradcheck() got an unexpected keyword argument 'epsilon' (known: eps, atol",
    );
  });
});
