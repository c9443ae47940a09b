import { dtypeOf, isTensor, lookup, torch, type Value } from './api.js';
import { callFunction, callModule } from './call.js';
import { Comparison, difference, need, type Tolerance } from './compare.js';
import { Decoder } from './decode.js';
import { Machine } from './machine.js';
import { checkState, decodeState } from './modules.js';
import type { Report } from './report.js';

/** Runs `forward` from x to out; module:NAME calls a submodule of `model`. */
function forward(model: Value, instructions: Value[], x: Value): Value {
  const m = new Machine(new Map([['x', x]]));
  for (const i of instructions) {
    if (!i.fn.startsWith('module:')) {
      m.step(i);
      continue;
    }
    const args = i.args.map((a: Value) => m.value(a));
    m.store(i.out, callModule(model[i.fn.slice('module:'.length)], args, m.dict(i.kwargs)));
  }
  return m.variables.get('out');
}

function build(r: Value): Value {
  class Model extends lookup('nn.Module').value {
    forward(x: Value): Value {
      return forward(this, r.forward, x);
    }
  }
  const model: Value = new Model();
  for (const [name, { cls, args, kwargs }] of Object.entries<Value>(r.modules)) {
    const d = new Decoder();
    model[name] = callFunction(cls, d.list(args), d.dict(kwargs));
  }
  return model.to(dtypeOf(r.dtype));
}

/** Rows of step s: (s * batch) mod N onwards. */
function batchOf(r: Value, step: number, t: Value): Value {
  if (!r.batch) return t;
  const start = (step * r.batch) % t.shape[0];
  return t.narrow(0, start, Math.min(r.batch, t.shape[0] - start));
}

/** Twenty steps of an optimizer: losses, learning rates, clipped norms and where the parameters end. */
export function checkTraining(r: Value, report: Report): void {
  const d = new Decoder();
  const [x, y] = [d.value(r.x), d.value(r.y)];
  const model = build(r);
  model.load_state_dict(decodeState(r.initial));
  model.train();
  const optimizer = callFunction(r.optimizer.cls, [model.parameters()], r.optimizer.kwargs);
  const scheduler = r.scheduler ? callFunction(r.scheduler.cls, [optimizer], r.scheduler.kwargs) : null;
  const lossPath = r.loss.replace(/^torch\./, '');
  const losses: number[] = [];
  const lrs: number[] = [];
  const norms: number[] = [];
  for (let s = 0; s < r.steps; s++) {
    lrs.push(Number(optimizer.param_groups[0].lr));
    const evaluate = (): Value => {
      optimizer.zero_grad();
      const loss = callFunction(lossPath, [callModule(model, [batchOf(r, s, x)]), batchOf(r, s, y)]);
      loss.backward();
      return loss;
    };
    let loss: Value;
    if (r.closure) loss = optimizer.step(evaluate);
    else {
      loss = evaluate();
      if (r.clip) norms.push(callFunction('nn.utils.clip_grad_norm_', [model.parameters(), r.clip]).item());
      optimizer.step();
    }
    losses.push(isTensor(loss) ? loss.item() : Number(loss));
    scheduler?.step(...(r.scheduler.metric ? [losses[s]] : []));
  }

  const compare = (kind: string, want: number[], got: number[], tol: Tolerance): void => {
    report.attempt(kind, () => {
      const why = difference(want, got, 'float64', tol);
      need(why === null, () => `${why}`);
    });
  };
  compare('losses', r.losses, losses, r.tol);
  compare('lrs', r.lrs, lrs, [1e-12, 0]);
  if (r.clip) compare('clip norms', r.clip_norms, norms, r.tol);
  const cmp = new Comparison({ tols: r.tol });
  report.attempt('final state', () => checkState(cmp, r.final, model.state_dict()));
  model.eval();
  const output = torch.no_grad(() => callModule(model, [x]));
  report.attempt('eval output', () => cmp.tensor(r.eval_output, output, 'eval output'));
}
