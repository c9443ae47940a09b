/** Hooks of modules, one and all; hooks on several tensors; batches of cotangents. */
import * as torch from 'strided';
import { refuses } from './refusals';

type Tensor = torch.Tensor;
const { nn } = torch;
const f = (v: any): any => (Array.isArray(v) ? v.map(f) : v instanceof torch.Tensor ? v.tolist() : v);
const leaf = (n = 2) => torch.ones(n, { requires_grad: true });
class Double extends nn.Module {
  override forward(a: Tensor, b?: any): any {
    return b instanceof torch.Tensor ? [a.mul(2), b.mul(3)] : a.mul(2 * (b?.k ?? 1));
  }
}

test('full backward hooks see the gradients of outputs and inputs', () => {
  const log: any[] = [];
  const net = new Double();
  net.register_full_backward_pre_hook((_, go) => void log.push(['pre', f(go)]));
  net.register_full_backward_hook((_, gi, go) => void log.push(['post', f(gi), f(go)]));
  net(leaf()).sum().backward();
  expect(log).toEqual([
    ['pre', [[1, 1]]],
    ['post', [[2, 2]], [[1, 1]]],
  ]);
  log.length = 0;
  const [first] = net(leaf(), leaf());
  expect(first.grad_fn.name()).toBe('BackwardHookFunctionBackward');
  first.mul(1).sum().backward();
  expect(log).toEqual([
    ['pre', [[1, 1], null]],
    [
      'post',
      [
        [2, 2],
        [0, 0],
      ],
      [[1, 1], null],
    ],
  ]);
  log.length = 0;
  net(torch.ones(2));
  expect(log).toEqual([]);
  const linear = new nn.Linear(2, 1);
  linear.register_full_backward_hook((_, gi, go) => void log.push([f(gi), f(go)]));
  linear(torch.ones(1, 2)).sum().backward();
  expect(log).toEqual([[[null], [[[1]]]]]);
});

test('what they return replaces gradients, until they are removed', () => {
  const net = new Double();
  const run = () => {
    const x = leaf();
    net(x).sum().backward();
    return f(x.grad);
  };
  const post = net.register_full_backward_hook((_, [g]) => [g.mul(10)]);
  expect(run()).toEqual([20, 20]);
  post.remove();
  const pre = net.register_full_backward_pre_hook((_, [g]) => [g.mul(5)]);
  expect(run()).toEqual([10, 10]);
  pre.remove();
  net.register_full_backward_hook((_, [g]) => g.mul(3));
  expect(run()).toEqual([6, 6]);
});

const hooked = (hook: Parameters<Double['register_full_backward_hook']>[0]) => {
  const net = new Double();
  net.register_full_backward_hook(hook);
  return net;
};
refuses([
  [
    () =>
      hooked((_, [g]) => [g, g])(leaf())
        .sum()
        .backward(),
    'RuntimeError: Backward hook returned an invalid number of grad_input, got 2, but expected 1',
  ],
  [
    () => hooked(() => null)(leaf()).add_(1),
    'RuntimeError: Output 0 of BackwardHookFunction is a view and is being modified inplace. This view was created inside a custom Function (or ' +
      'because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the ' +
      'custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.',
  ],
  [
    () => torch.autograd.graph.register_multi_grad_hook([torch.ones(1)], () => {}),
    "RuntimeError: cannot register a hook on a tensor that doesn't require gradient",
  ],
]);

test('forward hooks with named arguments, and those that are always called', () => {
  const log: any[] = [];
  const net = new Double();
  net.register_forward_pre_hook((_, args, kwargs) => [args, { ...kwargs, k: 3 }], { with_kwargs: true });
  net.register_forward_hook((_, args, kwargs, out) => void log.push([args.length, kwargs, f(out)]), {
    with_kwargs: true,
  });
  expect(f(net(torch.ones(1), { k: 2 }))).toEqual([6]);
  expect(log).toEqual([[1, { k: 3 }, [6]]]);
  class Bad extends nn.Module {
    override forward(_: Tensor): Tensor {
      throw new torch.ValueError('bad');
    }
  }
  const bad = new Bad();
  bad.register_forward_hook((_, __, out) => void log.push(['always', out]), { always_call: true });
  bad.register_forward_hook(() => void log.push('never'));
  expect(() => bad(torch.ones(1))).toThrow('bad');
  expect(log.slice(1)).toEqual([['always', undefined]]);
});

test('hooks of all modules come before those of one', () => {
  const log: string[] = [];
  const note = (text: string) => () => void log.push(text);
  const all = nn.modules.module;
  const handles = [
    all.register_module_forward_pre_hook(note('all pre')),
    all.register_module_forward_hook(note('all post')),
    all.register_module_full_backward_hook(note('all back')),
    all.register_module_full_backward_pre_hook(note('all backpre')),
  ];
  const net = new Double();
  net.register_forward_pre_hook(note('pre'));
  net.register_forward_hook(note('post'));
  net.register_full_backward_hook(note('back'));
  net.register_full_backward_pre_hook(note('backpre'));
  net(leaf()).sum().backward();
  for (const handle of handles) handle.remove();
  const before = log.length;
  new Double()(leaf());
  expect(log).toEqual(['all pre', 'pre', 'all post', 'post', 'all backpre', 'backpre', 'all back', 'back']);
  expect(log.length).toBe(before);
});

test('hooks on several tensors wait for those that take part', () => {
  const [a, c] = [leaf(1), leaf(1)];
  const log: any[] = [];
  const handle = torch.autograd.graph.register_multi_grad_hook([a, c], (grads) => void log.push(f(grads)));
  a.mul(c).mul(2).backward();
  a.mul(3).backward();
  handle.remove();
  a.mul(3).backward();
  expect(log).toEqual([
    [[2], [2]],
    [[3], null],
  ]);
  log.length = 0;
  torch.autograd.graph.register_multi_grad_hook([a, c], (grad) => void log.push(f(grad)), { mode: 'any' });
  a.mul(c).mul(2).backward();
  a.mul(3).backward();
  expect(log).toEqual([[2], [3]]);
});

test('save_on_cpu, and changes that autograd is told of', () => {
  const x = leaf();
  torch.autograd.graph
    .save_on_cpu(() => x.mul(x))
    .sum()
    .backward();
  expect(f(x.grad)).toEqual([2, 2]);
  const y = x.clone();
  const z = y.mul(y);
  torch.autograd.graph.increment_version(y);
  expect(() => z.sum().backward()).toThrow('is at version 1; expected version 0 instead');
});

test('grad of a batch of cotangents', () => {
  const [a, c] = [leaf(1), leaf(1)];
  const many = torch.tensor([[1], [2], [3]]);
  const found = torch.autograd.grad(a.mul(c.mul(2)), [a, c], many, { is_grads_batched: true });
  expect(found.map(f)).toEqual([many.mul(2), many.mul(2)].map(f));
  expect(() => torch.autograd.grad(a.mul(2), a, torch.ones(3, 2), { is_grads_batched: true })).toThrow(
    'but a mismatch was detected: grad_output[0] has a shape of torch.Size([3, 2]) and output[0] has a shape of torch.Size([1]).',
  );
});

test('in-place activations have nodes of their own', () => {
  const F = nn.functional;
  const nodes = [
    F.relu_(leaf().clone()),
    F.leaky_relu_(leaf().clone()),
    F.elu_(leaf().clone()),
    F.celu_(leaf().clone()),
    F.selu_(leaf().clone()),
    F.threshold(leaf().clone(), 0, 1, true),
    F.hardswish(leaf().clone(), true),
  ];
  expect(nodes.map((t) => t.grad_fn?.name())).toEqual([
    'ReluBackward0',
    'LeakyReluBackward1',
    'EluBackward1',
    'CeluBackward1',
    'EluBackward1',
    'ThresholdBackward1',
    'HardswishBackward0',
  ]);
});
