import type { Value } from './api.js';
import { callFunction } from './call.js';
import { type Comparison, need } from './compare.js';
import { Decoder } from './decode.js';
import type { Report } from './report.js';

/** One run of the call: its output tensors, what to differentiate by, and the numbers of those that are arguments. */
export interface Run {
  outs: Value[];
  ins: Value[];
  of: number[];
}

const decode = (cots: Value[]): Value[] => cots.map((c) => (c === null ? null : new Decoder().value(c)));

/** Outputs with their cotangents, where there is one. */
function paired(outs: Value[], cots: Value[]): [Value, Value][] {
  return outs.flatMap((o, i): [Value, Value][] => ((cots[i] ?? null) === null ? [] : [[o, cots[i]]]));
}

function grad(pairs: [Value, Value][], ins: Value[], createGraph = false): Value[] {
  const [outs, cots] = [pairs.map((p) => p[0]), pairs.map((p) => p[1])];
  const options = { allow_unused: true, ...(createGraph ? { create_graph: true } : {}) };
  return [...callFunction('autograd.grad', [outs, ins, cots], options)];
}

function checkAll(cmp: Comparison, want: Value[], got: Value[]): void {
  need(want.length === got.length, () => `${got.length} gradients instead of ${want.length}`);
  for (const [i, w] of want.entries()) {
    const g = got[i] ?? null;
    need((w === null) === (g === null), () => `gradient ${i} is ${g === null ? '' : 'not '}null`);
    if (w !== null) cmp.tensor(w, g, `gradient ${i}`);
  }
}

/** The gradients of a record, and those of the gradients; a gradient sums over what was broadcast, hence the 4. */
export function checkGradients(r: Value, base: Comparison, report: Report, run: () => Run): void {
  if (r.grad) {
    report.attempt('gradient', () => {
      const { outs, ins, of } = run();
      const numbered = r.grad.in.map((x: Value) => x.of);
      need(String(of) === String(numbered), () => `arguments ${of} require grad instead of ${numbered}`);
      const want = [...r.grad.in.map((x: Value) => x.value), ...Object.values(r.grad.params ?? {})];
      checkAll(base.widened(r.grad.tolx, 4), want, grad(paired(outs, decode(r.grad.cot)), ins));
    });
  }
  if (r.grad2) {
    report.attempt('second gradient', () => {
      const { outs, ins } = run();
      const pairs = paired(outs, decode(r.grad.cot)).map(([o, c]): [Value, Value] => [o, c.detach().requires_grad_()]);
      const first = grad(pairs, ins, true);
      const cots = pairs.map((p) => p[1]);
      const second = paired(first, decode(r.grad2.cot));
      for (const [g] of second) need(g, () => 'a first gradient is null');
      const want = [...r.grad2.in.map((x: Value) => x.value), ...(r.grad2.cot_in ?? [])];
      checkAll(base.widened(r.grad2.tolx, 4), want, grad(second, [...ins, ...cots]));
    });
  }
}
