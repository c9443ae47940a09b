/** A layer of an LSTM over all steps at once, forward and backward, as two native ops. */
import { grad } from '../autograd/backward.js';
import { AutogradFunction } from '../autograd/function.js';
import type { FunctionCtx } from '../autograd/function-node.js';
import { activeAutocast, is_grad_enabled } from '../autograd/modes.js';
import { bfloat16, float32, float64 } from '../dtype.js';
import { cat, stack } from '../ops/index.js';
import { nativeCall } from '../ops/native-call.js';
import type { Tensor } from '../tensor.js';
import { lstm_cell } from './rnn-step.js';

const forward = nativeCall<[Tensor, Tensor, Tensor]>(
  'lstm_layer(Tensor gates, Tensor hidden, Tensor cell, Tensor weight, bool reverse) -> (outputs, cells, activations)',
);
const backward = nativeCall<[Tensor, Tensor, Tensor]>(
  'lstm_layer_backward(Tensor? output_gradients, Tensor? cell_gradients, Tensor activations, Tensor cells, ' +
    'Tensor cell, Tensor weight, bool reverse) -> (gates, hidden, cell)',
);

type Inputs = [gates: Tensor, hidden: Tensor, cell: Tensor, weight: Tensor];

/** The same step by step, of ops that are recorded: what a derivative of the gradient needs. */
function stepwise([gates, hidden, cell, weight]: Inputs, reverse: boolean): [Tensor, Tensor] {
  const weights = { hh: weight, bias_hh: null, projection: null };
  const steps = gates.unbind(0);
  if (reverse) steps.reverse();
  let states: [Tensor, Tensor] = [hidden, cell];
  const all = steps.map((step) => {
    states = lstm_cell(step, states, weights);
    return states;
  });
  if (reverse) all.reverse();
  return [stack(all.map(([h]) => h)), stack(all.map(([, c]) => c))];
}

/** bfloat16 is computed in float32 and rounded at the end. */
const widened = (x: Tensor): Tensor => (x.dtype === bfloat16 ? x.to(float32) : x);

class LSTMLayer extends AutogradFunction {
  static override readonly nodeName = 'MkldnnRnnLayerBackward0';

  static override forward(ctx: FunctionCtx, ...args: [...Inputs, boolean]): [Tensor, Tensor] {
    const [gates, hidden, cell, weight, reverse] = args;
    const wide = [gates, hidden, cell, weight].map(widened);
    const [outputs, cells, activations] = forward(...wide, reverse);
    ctx.save_for_backward(gates, hidden, cell, weight, outputs, cells, activations);
    ctx.set_materialize_grads(false);
    ctx.reverse = reverse;
    return [outputs.to(gates.dtype), cells.to(gates.dtype)];
  }

  static override backward(ctx: FunctionCtx, ofOutputs: Tensor | null, ofCells: Tensor | null): (Tensor | null)[] {
    const reverse = ctx.reverse as boolean;
    const saved = ctx.saved_tensors as Tensor[];
    const inputs = saved.slice(0, 4) as Inputs;
    const [, hidden, cell, weight, outputs, cells, activations] = saved as [...Inputs, Tensor, Tensor, Tensor];
    const needs = ctx.needs_input_grad;
    if (is_grad_enabled()) {
      const results = stepwise(inputs, reverse);
      const wanted = inputs.filter((_, i) => needs[i]);
      const given = [ofOutputs, ofCells];
      const used = given.flatMap((g, i) => (g === null ? [] : [i]));
      const found = grad(
        used.map((i) => results[i] as Tensor),
        wanted,
        used.map((i) => given[i] as Tensor),
        { create_graph: true, allow_unused: true },
      );
      return [...needs.map((needed) => (needed ? (found.shift() as Tensor | null) : null))];
    }
    const given = [ofOutputs, ofCells].map((g) => g && widened(g));
    const found = backward(...given, activations, cells, widened(cell), widened(weight), reverse);
    const sums = found[0].flatten(0, 1).t();
    const ofWeight = needs[3] ? sums.matmul(widened(before(outputs, hidden, reverse))) : null;
    return [...[...found, ofWeight].map((g) => g?.to(weight.dtype) ?? null), null];
  }
}

/** The state before each step: (L N, H). */
function before(outputs: Tensor, hidden: Tensor, reverse: boolean): Tensor {
  const steps = outputs.shape[0] as number;
  const first = hidden.unsqueeze(0);
  const others = outputs.narrow(0, reverse ? 1 : 0, steps - 1);
  return cat(reverse ? [others, first] : [first, others]).flatten(0, 1);
}

/** Whether the native ops take such a layer. */
export function takes(gates: Tensor, states: readonly Tensor[], weight: Tensor): boolean {
  const { dtype } = gates;
  if (dtype !== float32 && dtype !== float64 && dtype !== bfloat16) return false;
  // A region of autocast converts what it is given.
  const cast = dtype === bfloat16 && activeAutocast()?.dtype === bfloat16;
  return [...states, weight].every((x) => x.dtype === dtype || (cast && x.dtype === float32));
}

/**
 * Outputs and cells (L, N, H) from gates (L, N, 4 H), already multiplied by the weights of the input and with all
 * biases, the first states (N, H) and the weights (4 H, H) of the state; all in the dtype of the gates.
 */
export function lstm_layer(inputs: Inputs, reverse: boolean): [Tensor, Tensor] {
  const { dtype } = inputs[0];
  return LSTMLayer.apply(...inputs.map((x) => x.to(dtype)), reverse) as [Tensor, Tensor];
}
