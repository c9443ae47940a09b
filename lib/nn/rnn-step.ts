/** The time steps of a recurrent network. */
import { addcmul } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';

/** All steps: (L, N, features), or where `sizes` says how many there are at each step, those one below the other. */
export interface Sequence {
  readonly data: Tensor;
  readonly sizes: number[] | null;
}
export const stepsOf = ({ data, sizes }: Sequence): Tensor[] =>
  sizes === null ? data.unbind(0) : data.split(sizes, 0);

/** The weights of a layer: of its input (ih), of its states (hh), and of what an LSTM projects its output with. */
export interface CellWeights {
  readonly ih: Tensor;
  readonly hh: Tensor;
  readonly bias_ih: Tensor | null;
  readonly bias_hh: Tensor | null;
  readonly projection: Tensor | null;
}

/** tanh or relu of the input's part (with its bias) and the state's. */
export function rnn_cell(fromInput: Tensor, h: Tensor, w: CellWeights, relu: boolean): Tensor {
  const sum = fromInput.add(functional.linear(h, w.hh, w.bias_hh));
  return relu ? sum.relu() : sum.tanh();
}

/** Reset and update gates, and the new state between the old one and a candidate. */
export function gru_cell(fromInput: Tensor, h: Tensor, w: CellWeights): Tensor {
  const [resetX, updateX, newX] = fromInput.chunk(3, 1) as [Tensor, Tensor, Tensor];
  const [resetH, updateH, newH] = functional.linear(h, w.hh, w.bias_hh).chunk(3, 1) as [Tensor, Tensor, Tensor];
  const reset = resetX.add(resetH).sigmoid();
  const update = updateX.add(updateH).sigmoid();
  const candidate = addcmul(newX, reset, newH).tanh();
  return addcmul(candidate, update, h.sub(candidate));
}

/** Input, forget, cell and output gates; the new output (projected where there are weights for it) and cell. */
export function lstm_cell(
  fromInput: Tensor,
  [h, c]: readonly [Tensor, Tensor],
  w: Pick<CellWeights, 'hh' | 'bias_hh' | 'projection'>,
): [Tensor, Tensor] {
  const gates = fromInput.add(functional.linear(h, w.hh, w.bias_hh));
  const [input, forget, cell, output] = gates.chunk(4, 1) as [Tensor, Tensor, Tensor, Tensor];
  const next = addcmul(forget.sigmoid().mul(c), input.sigmoid(), cell.tanh());
  const out = output.sigmoid().mul(next.tanh());
  return [w.projection === null ? out : functional.linear(out, w.projection), next];
}
