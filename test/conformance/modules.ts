import { type Dict, dtypeOf, entriesOf, tensorsIn, torch, type Value } from './api.js';
import { callFunction, callModule } from './call.js';
import { Comparison, checkMeta, need, walk, walkTensors } from './compare.js';
import { Decoder } from './decode.js';
import { checkGradients } from './gradients.js';
import type { Report } from './report.js';

export const decodeState = (state: Dict): Dict => new Decoder({ grad: false }).dict(state);

export function checkState(cmp: Comparison, want: Dict, got: Value): void {
  const have = new Map(entriesOf(got));
  for (const [name, value] of Object.entries(want)) {
    need(have.has(name), () => `state_dict has no ${name}`);
    cmp.tensor(value, have.get(name), name);
  }
}

interface Built {
  m: Value;
  d: Decoder;
  out: Value;
}

function run(r: Value): Built {
  const ctor = new Decoder({ grad: false });
  const m = callFunction(r.cls, ctor.list(r.ctor_args), ctor.dict(r.ctor_kwargs)).to(dtypeOf(r.dtype));
  m.load_state_dict(decodeState(r.state));
  m.train(r.training);
  const d = new Decoder();
  const [args, kwargs] = [d.list(r.args), d.dict(r.kwargs)];
  torch.manual_seed?.(0);
  return { m, d, out: callModule(m, args, kwargs) };
}

/** One call of a module: result, changed buffers, gradients of inputs and parameters. */
export function checkModule(r: Value, tols: Dict, report: Report): void {
  const base = new Comparison({ tols, factor: 4 });
  const cmp = base.widened(r.tolx);
  const { m, out } = run(r);
  report.attempt('dtype/shape', () => walkTensors(r.out, out, checkMeta));
  report.attempt('values', () => walk(r.out, out, (w, g, where) => cmp.leaf(w, g, where)));
  if (r.state_after) report.attempt('state', () => checkState(cmp, r.state_after, m.state_dict()));
  checkGradients(r, base, report, () => {
    const again = run(r);
    const of = again.d.tensors.flatMap((t, i) => (t.requires_grad ? [i] : []));
    const parameters = new Map(entriesOf(again.m.named_parameters()));
    const named = Object.keys(r.grad?.params ?? {}).map((name) => {
      need(parameters.has(name), () => `there is no parameter ${name}`);
      return parameters.get(name);
    });
    return { outs: tensorsIn(again.out), ins: [...of.map((i) => again.d.tensors[i]), ...named], of };
  });
}
