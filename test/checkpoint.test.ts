/** torch.utils.checkpoint, hooks on saved tensors, anomaly detection. */
import * as torch from 'strided';
import { text, thrown } from './refusals';

type Tensor = torch.Tensor;
const { checkpoint, checkpoint_sequential } = torch.utils.checkpoint;
const { saved_tensors_hooks } = torch.autograd.graph;
const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true });

test.each([false, true])('checkpoint: the same gradients from a second forward (use_reentrant %s)', (use_reentrant) => {
  const x = leaf(1, 2);
  let calls = 0;
  const fn = (t: Tensor, k: number) => {
    calls++;
    return t.mul(torch.rand(2)).mul(t).mul(k);
  };
  torch.manual_seed(0);
  fn(x, 3).sum().backward();
  const plain = text(x.grad as Tensor);
  x.grad = null;
  calls = 0;
  torch.manual_seed(0);
  const y = checkpoint(fn, x, 3, { use_reentrant });
  expect(y.grad_fn.name()).toBe(use_reentrant ? 'CheckpointFunctionBackward' : 'MulBackward0');
  const next = torch.get_rng_state();
  y.sum().backward();
  expect(calls).toBe(2);
  expect(text(x.grad as unknown as Tensor)).toBe(plain);
  expect(torch.get_rng_state().equal(next)).toBe(true);
});

test('checkpoint in checkpoint, and parameters that are no arguments', () => {
  const x = leaf(1, 2);
  const w = leaf(3, 4);
  const inner = (t: Tensor) => t.mul(w).sin();
  const outer = (t: Tensor) => checkpoint(inner, t.exp(), {}).mul(t);
  checkpoint(outer, x).sum().backward();
  const [gx, gw] = [text(x.grad as Tensor), text(w.grad as Tensor)];
  x.grad = null;
  w.grad = null;
  x.exp().mul(w).sin().mul(x).sum().backward();
  expect([text(x.grad as unknown as Tensor), text(w.grad as unknown as Tensor)]).toEqual([gx, gw]);
});

test('checkpoint_sequential', () => {
  const x = leaf(1, 2);
  const out = checkpoint_sequential([(t) => t.mul(2), (t) => t.exp(), (t) => t.mul(3)], 2, x, { use_reentrant: false });
  out.sum().backward();
  expect(torch.allclose(x.grad as Tensor, x.detach().mul(2).exp().mul(6))).toBe(true);
});

test('a second forward that saves less is an error', () => {
  let calls = 0;
  const fn = (t: Tensor) => (calls++ === 0 ? t.mul(t).mul(t) : t.mul(t));
  expect(thrown(() => checkpoint(fn, leaf(1, 2)).sum().backward())).toBe(
    'CheckpointError: torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n' +
      'Number of tensors saved during forward: 4\nNumber of tensors saved during recomputation: 2.',
  );
});

test('saved_tensors_hooks: with a function, as a guard, with double backward', () => {
  const x = torch.tensor([1, 2], { dtype: torch.float64, requires_grad: true });
  const packed: string[] = [];
  const pack = (t: Tensor) => {
    packed.push(text(t));
    return t.tolist();
  };
  const unpack = (values: unknown) => torch.tensor(values as number[], { dtype: torch.float64 });
  const y = saved_tensors_hooks(pack, unpack, () => x.mul(x).exp());
  expect(packed.length).toBe(3);
  const [g] = torch.autograd.grad(y.sum(), x, { create_graph: true }) as [Tensor];
  const [gg] = torch.autograd.grad(g.sum(), x) as [Tensor];
  const e = x.detach().square().exp();
  expect(torch.allclose(g, x.mul(2).mul(e))).toBe(true);
  expect(torch.allclose(gg, x.square().mul(4).add(2).mul(e))).toBe(true);
  const guard = saved_tensors_hooks(pack, unpack);
  x.square();
  guard.dispose();
  x.square();
  expect(packed.length).toBe(4);
});

test('hooks that break the rules', () => {
  const x = leaf(1);
  expect(
    thrown(() =>
      saved_tensors_hooks(
        (t) => t.add_(1),
        (t) => t,
        () => x.mul(x),
      ),
    ),
  ).toBe(
    'RuntimeError: A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by in-place ' +
      'operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook.',
  );
  const y = saved_tensors_hooks(
    () => 3,
    (three) => three as never,
    () => x.mul(x),
  );
  expect(thrown(() => y.backward())).toBe(
    'TypeError: Output of saved tensor unpack_hook expected to be a Tensor but got result of type number',
  );
});

test('detect_anomaly names the node and the forward call', () => {
  const warned: string[] = [];
  const spy = jest.spyOn(process, 'emitWarning').mockImplementation((text) => void warned.push(String(text)));
  function theForwardCall(x: Tensor) {
    return x.mul(0).sqrt().sum().mul(0);
  }
  try {
    const x = leaf(1);
    const run = () => torch.autograd.detect_anomaly(() => theForwardCall(x).backward());
    expect(thrown(run)).toBe("RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.");
    expect(warned.at(-1)).toMatch(
      /^Error detected in SqrtBackward0\. Traceback of forward call that caused the error:\n[\s\S]*theForwardCall/,
    );
    const late = theForwardCall(x);
    torch.autograd.set_detect_anomaly(true, false, () => late.backward());
    const again = theForwardCall(x);
    expect(thrown(() => torch.autograd.detect_anomaly(() => again.backward()))).toMatch(/SqrtBackward0/);
    expect(warned.at(-1)).toBe(
      'Error detected in SqrtBackward0. No forward pass information available. Enable detect anomaly during forward pass for more information.',
    );
    expect(torch.autograd.is_anomaly_enabled()).toBe(false);
  } finally {
    spy.mockRestore();
  }
});

test('prehooks and notes of nodes', () => {
  const x = leaf(1, 2);
  const y = x.mul(2);
  const node = y.grad_fn as torch.autograd.Node;
  node.metadata.note = 1;
  expect(node.metadata).toEqual({ note: 1 });
  const handle = node.register_prehook(([g]) => [(g as Tensor).mul(10)]);
  y.sum().backward({ retain_graph: true });
  expect(text(x.grad as Tensor)).toBe('[20,20]');
  handle.remove();
  y.sum().backward();
  expect(text(x.grad as Tensor)).toBe('[22,22]');
});

test('saved tensors of nodes by name, until backward frees them', () => {
  const x = leaf(1, 2);
  const y = x.mul(x);
  const node = y.grad_fn as torch.autograd.Node;
  expect(node._saved_self === x && node._saved_other === x).toBe(true);
  const e = y.exp();
  expect(e.grad_fn?._saved_result === e).toBe(true);
  e.sum().backward();
  expect(thrown(() => node._saved_self)).toMatch(/^RuntimeError: Trying to backward through the graph a second time/);
});

test('a reentrant checkpoint wants a backward into all leaves', () => {
  const x = leaf(1);
  const y = () => checkpoint((t: Tensor) => t.exp(), x, { use_reentrant: true }).sum();
  const message =
    'RuntimeError: When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). ' +
    'To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.';
  expect(thrown(() => torch.autograd.grad(y(), x))).toBe(message);
  expect(thrown(() => y().backward({ inputs: [x] }))).toBe(message);
});
