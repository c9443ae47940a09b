import { join } from 'node:path';
import * as torch from 'strided';
import { contiguousLeaf, type Input, type Layout, leafOf, type Sample } from './samples/sample.js';
import { elementwise, samples, unfit } from './samples.js';

interface Param {
  type: string;
  list: boolean;
  required: boolean;
}

/** What the test reads of an op's declaration. */
interface Spec {
  schema: { params: Param[]; overload: string };
  flags: { inplace?: boolean };
  derivatives?: unknown[];
  body?: unknown;
  tensorParams: number[];
  name: string;
  backwardName: string;
}

interface Declared {
  spec: Spec;
  call: (...args: unknown[]) => unknown;
}

// The registry is no public name, so it is read from the build: this file runs in build/test.
const { registry } = require(join(__dirname, '../../dist/ops/define.js')) as { registry: Map<string, Declared> };

const LAYOUTS: readonly Layout[] = ['contiguous', 'transposed', 'sliced', 'expanded'];

const isDifferentiable = ({ spec }: Declared): boolean =>
  spec.tensorParams.length > 0 && (spec.body !== undefined || (spec.derivatives ?? []).some((d) => d !== null));

/** Samples written for the op, or those of its family when all that it needs are tensors. */
function samplesOf(key: string, { spec, call }: Declared): Sample[] {
  const written = samples[key] ?? samples[spec.name];
  if (written) return written();
  const params = spec.schema.params.filter((p) => p.required);
  const tensorsOnly = params.every((p) => !p.list && (p.type === 'Tensor' || p.type === 'Tensor|Scalar'));
  if (!tensorsOnly) return [];
  const scalars = params.map((p) => p.type === 'Tensor|Scalar');
  return elementwise(spec.name, scalars, (...xs) => call(...xs), spec.flags.inplace === true);
}

type Node = NonNullable<torch.Tensor['grad_fn']>;

/** Names of all nodes of the graph that made some tensors. */
function nodesOf(outputs: Iterable<torch.Tensor>): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node | null): void => {
    if (node === null) return;
    names.add(node.name());
    for (const [next] of node.next_functions) visit(next);
  };
  for (const o of outputs) visit(o.grad_fn);
  return names;
}

/** Both checks of a sample in one layout: the nodes that they went through, null where no input has that layout. */
function check(sample: Sample, layout: Layout): Set<string> | null {
  const laid = sample.inputs.map((i, which) => leafOf(i, layout, which));
  if (laid.every((l) => l === null)) return null;
  const leaves = laid.map((l, which) => l ?? contiguousLeaf(sample.inputs[which] as Input, which));
  const inputs = leaves.map((l) => l.leaf);
  const f = (...xs: torch.Tensor[]) => sample.run(...xs.map((x, i) => leaves[i]?.view(x)));
  torch.manual_seed(0);
  torch.autograd.gradcheck(f, inputs);
  torch.autograd.gradgradcheck(f, inputs);
  const out = f(...inputs);
  return nodesOf(out instanceof torch.Tensor ? [out] : out);
}

/** Checks all samples of an op; the kinds of input that they tried, and the nodes. */
function checkAll(key: string, op: Declared): { tried: Set<string>; nodes: Set<string> } {
  const tried = new Set<string>();
  const nodes = new Set<string>();
  for (const [n, sample] of samplesOf(key, op).entries()) {
    const shapes = sample.inputs.map((i) => `[${i.shape}]`).join(', ');
    if (sample.inputs.some((i) => i.shape.length === 0)) tried.add('0-d');
    if (sample.inputs.some((i) => i.shape.includes(0))) tried.add('empty');
    for (const layout of LAYOUTS) {
      if (sample.without?.includes(layout)) continue;
      try {
        const found = check(sample, layout);
        if (found) tried.add(layout);
        for (const name of found ?? []) nodes.add(name);
      } catch (e) {
        throw new Error(`${key}, sample ${n} (${shapes}), ${layout}: ${(e as Error).message}`, { cause: e });
      }
    }
  }
  return { tried, nodes };
}

describe('gradients of every differentiable op', () => {
  const differentiable = [...registry].filter(([, op]) => isDifferentiable(op));

  test('there are ops', () => {
    expect(differentiable.length).toBeGreaterThan(50);
  });

  test.each(differentiable)('%s', (key, op) => {
    const { tried, nodes } = checkAll(key, op);
    const wanted = ['contiguous', 'transposed', 'sliced', 'expanded', '0-d', 'empty'];
    const excused: readonly string[] = unfit[op.spec.name] ?? [];
    expect(wanted.filter((kind) => !tried.has(kind) && !excused.includes(kind))).toEqual([]);
    // Each overload has formulas of its own.
    if (op.spec.body === undefined) expect([...nodes]).toContain(op.spec.backwardName);
  });

  test('every sample is of an op', () => {
    const names = new Set([...registry].flatMap(([key, op]) => [key, op.spec.name]));
    expect(Object.keys({ ...samples, ...unfit }).filter((name) => !names.has(name))).toEqual([]);
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
