/** Inference mode, and what in-place changes do to nodes and kept gradients. */
import * as torch from 'strided';
import { refuses, text } from './refusals';

const { inference_mode } = torch;
const leaf = () => torch.ones(2, 3, { requires_grad: true });
const made = () => inference_mode(() => torch.ones(2, 3));

test('tensors made inside are inference tensors, views of others are not', () => {
  const x = leaf();
  inference_mode(() => {
    const a = x.mul(2);
    expect([a, a[0], a.detach(), a.data, torch.zeros(2)].map((t) => t.is_inference())).toEqual(Array(5).fill(true));
    expect([x[0], x.view(-1), x.detach(), x.data].map((t) => t.is_inference())).toEqual(Array(4).fill(false));
    expect([a.requires_grad, a.is_leaf, a._base]).toEqual([false, true, null]);
    x.add_(1);
    expect([x._version, text(a.add_(1)[0])]).toEqual([1, '[3,3,3]']);
    torch.enable_grad(() => {
      expect([torch.is_grad_enabled(), x.mul(2).requires_grad]).toEqual([true, false]);
    });
    inference_mode(false, () => {
      expect([torch.is_inference_mode_enabled(), x.mul(2).requires_grad]).toEqual([false, true]);
    });
    expect([torch.is_grad_enabled(), torch.is_inference_mode_enabled()]).toEqual([false, true]);
  });
  const guard = inference_mode(true);
  expect(torch.is_inference_mode_enabled()).toBe(true);
  guard.dispose();
  expect(torch.is_inference_mode_enabled()).toBe(false);
});

test('outside they are read, copied and cloned like any tensor', () => {
  const [a, x] = [made(), leaf()];
  expect([a.clone(), a.mul(2)].map((t) => t.is_inference())).toEqual([false, false]);
  a.add(x).sum().backward();
  expect(text(x.grad as torch.Tensor)).toBe('[[1,1,1],[1,1,1]]');
  expect(text(torch.zeros(2, 3).copy_(a)[0])).toBe('[1,1,1]');
});

const INPLACE =
  'RuntimeError: Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing ' +
  'inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.';
const SAVED =
  'RuntimeError: Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by ' +
  'autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of ' +
  '`torch.inference_mode()`.';
const VIEW =
  'Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either ' +
  "both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).";
refuses([
  [() => made()._version, 'RuntimeError: Inference tensors do not track version counter.'],
  [() => made().add_(1), INPLACE],
  [() => torch.no_grad(() => made()[0].add_(1)), INPLACE],
  [() => torch.add(torch.ones(2, 3), 1, { out: made() }), INPLACE],
  [() => leaf().mul(made()), SAVED],
  [
    () => made().requires_grad_(),
    'RuntimeError: Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.',
  ],
  [
    () => {
      const x = leaf();
      inference_mode(() => x[0]).add_(1);
    },
    `RuntimeError: A view was created in inference mode and is being modified inplace in normal mode. ${VIEW}`,
  ],
  [
    () => {
      const x = leaf();
      const view = inference_mode(() => {
        const first = x[0];
        x.add_(1);
        return first;
      });
      view.mul(2);
    },
    `RuntimeError: A view was created in inference mode and its base or another view of its base has been modified inplace in normal mode. ${VIEW}`,
  ],
]);

test('in-place changes of shape have nodes of their own, and stay with the view', () => {
  const names = ['t_', 'transpose_', 'squeeze_', 'squeeze_', 'squeeze_', 'unsqueeze_', 'swapaxes_'] as const;
  const args = [[], [0, 1], [], [0], [[0]], [0], [0, 1]];
  const nodes = names.map((name, i) => (leaf().clone() as any)[name](...(args[i] as unknown[])).grad_fn.name());
  expect(nodes).toEqual([
    'TBackward1',
    'TransposeBackward1',
    'SqueezeBackward3',
    'SqueezeBackward4',
    'SqueezeBackward5',
    'UnsqueezeBackward1',
    'TransposeBackward1',
  ]);
  const x = leaf();
  const y = x.clone();
  const z = y.index('0:2').t_();
  expect([z.grad_fn?.name(), y.grad_fn?.name(), y._version, z._version]).toEqual([
    'TBackward1',
    'CloneBackward0',
    1,
    1,
  ]);
  z.mul_(torch.tensor([2, 3]));
  expect([z.grad_fn?.name(), y.grad_fn?.name()]).toEqual(['AsStridedBackward0', 'CopySlices']);
  y.sum().backward();
  expect(text(x.grad as torch.Tensor)).toBe('[[2,2,2],[3,3,3]]');
});

test('a kept gradient follows its tensor through in-place changes, after the hooks, and counts as unchanged', () => {
  const x = leaf();
  const y = x.clone();
  y.retain_grad();
  y.register_hook((g) => g.mul(10));
  y.mul_(2);
  expect(y.retains_grad).toBe(true);
  y.mul(3).sum().backward();
  expect([text((y.grad as torch.Tensor)[0]), text((x.grad as torch.Tensor)[0])]).toEqual(['[3,3,3]', '[60,60,60]']);
  const [base, w] = [leaf().clone(), leaf()];
  base.retain_grad();
  base[0].mul_(w[0]);
  base.index('0').sum().backward();
  expect([text(base.grad as torch.Tensor), base.grad?._version]).toEqual(['[[1,1,1],[0,0,0]]', 0]);
});

test('the history of a slice that was replaced is freed by backward like any other', () => {
  const y = leaf().clone();
  y[0] = 0.25;
  expect(y.grad_fn?.name()).toBe('CopySlices');
  y.sum().backward();
  expect(() => y.sum().backward()).toThrow(/^Trying to backward through the graph a second time/);
});
