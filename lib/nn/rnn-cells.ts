/** Single steps of recurrent networks as modules: RNNCell, LSTMCell and GRUCell. */
import type { DType } from '../dtype.js';
import { RuntimeError, ValueError } from '../errors.js';
import { empty } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import * as init from './init.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { type CellWeights, gru_cell, lstm_cell, rnn_cell } from './rnn-step.js';
import { type ArgsOf, signature } from './signature.js';

abstract class CellBase extends Module {
  readonly input_size: number;
  readonly hidden_size: number;
  readonly bias: boolean;
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;

  constructor(input_size: number, hidden_size: number, bias: boolean, gates: number, dtype: DType | null) {
    super();
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.bias = bias;
    const made = (...shape: number[]) => new Parameter(empty(shape, { dtype }));
    this.weight_ih = made(gates * hidden_size, input_size);
    this.weight_hh = made(gates * hidden_size, hidden_size);
    this.bias_ih = bias ? made(gates * hidden_size) : null;
    this.bias_hh = bias ? made(gates * hidden_size) : null;
    this.reset_parameters();
  }

  /** Draws all weights anew, uniformly within 1 / sqrt(hidden_size). */
  reset_parameters(): void {
    const bound = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound);
  }

  protected get weights(): CellWeights {
    const { weight_ih: ih, weight_hh: hh, bias_ih, bias_hh } = this;
    return { ih, hh, bias_ih, bias_hh, projection: null };
  }

  /** Input and states with a batch dimension, checked; `batched`: whether they had one. */
  protected prepare(input: Tensor, given: readonly Tensor[] | null, count: number) {
    const name = this.constructor.name;
    if (input.dim() !== 1 && input.dim() !== 2)
      throw new ValueError(`${name}: Expected input to be 1D or 2D, got ${input.dim()}D instead`);
    for (const [i, s] of (given ?? []).entries()) {
      if (s.dim() === 1 || s.dim() === 2) continue;
      const which = count === 2 ? `hx[${i}]` : 'hidden';
      throw new ValueError(`${name}: Expected ${which} to be 1D or 2D, got ${s.dim()}D instead`);
    }
    const batched = input.dim() === 2;
    const x = batched ? input : input.unsqueeze(0);
    if (x.shape[1] !== this.input_size) {
      throw new RuntimeError(`input has inconsistent input_size: got ${x.shape[1]} expected ${this.input_size}`);
    }
    const states = given?.map((s) => (batched ? s : s.unsqueeze(0))) ?? [];
    while (states.length < count) states.push(x.new_zeros([x.shape[0] as number, this.hidden_size]));
    for (const [i, s] of states.entries()) {
      if (s.shape[1] !== this.hidden_size)
        throw new RuntimeError(
          `hidden${i} has inconsistent hidden_size: got ${s.shape[1]}, expected ${this.hidden_size}`,
        );
      if (s.shape[0] !== x.shape[0])
        throw new RuntimeError(`Input batch size ${x.shape[0]} doesn't match hidden${i} batch size ${s.shape[0]}`);
    }
    const back = (s: Tensor): Tensor => (batched ? s : s.squeeze(0));
    return { gates: functional.linear(x, this.weight_ih, this.bias_ih), states, back };
  }

  override extra_repr(): string {
    return `${this.input_size}, ${this.hidden_size}${this.bias ? '' : ', bias=False'}`;
  }
}

const plain = signature(
  'RNNCell',
  (
    input_size: number,
    hidden_size: number,
    bias: boolean = true,
    nonlinearity: string = 'tanh',
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ input_size, hidden_size, bias, nonlinearity, device, dtype }),
);
/**
 * One step of an RNN: (N, input_size) and the state (N, hidden_size) give the new state.
 * @example
 * new torch.nn.RNNCell(4, 3)(torch.randn(2, 4)).shape; // [2, 3]
 */
export class RNNCell extends CellBase {
  readonly nonlinearity: string;
  constructor(...args: ArgsOf<typeof plain>) {
    const { input_size, hidden_size, bias, nonlinearity, dtype } = plain.bind(args);
    super(input_size, hidden_size, bias, 1, dtype);
    this.nonlinearity = nonlinearity;
  }
  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    if (this.nonlinearity !== 'tanh' && this.nonlinearity !== 'relu')
      throw new RuntimeError(`Unknown nonlinearity: ${this.nonlinearity}`);
    const { gates, states, back } = this.prepare(input, hx === null ? null : [hx], 1);
    return back(rnn_cell(gates, states[0] as Tensor, this.weights, this.nonlinearity === 'relu'));
  }
  override extra_repr(): string {
    const kind = this.nonlinearity === 'tanh' ? '' : `, nonlinearity=${this.nonlinearity}`;
    return `${super.extra_repr()}${kind}`;
  }
}

const gated = signature(
  'GRUCell',
  (
    input_size: number,
    hidden_size: number,
    bias: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ input_size, hidden_size, bias, device, dtype }),
);
/**
 * One step of a GRU: (N, input_size) and the state (N, hidden_size) give the new state.
 * @example
 * new torch.nn.GRUCell(4, 3)(torch.randn(2, 4)).shape; // [2, 3]
 */
export class GRUCell extends CellBase {
  constructor(...args: ArgsOf<typeof gated>) {
    const { input_size, hidden_size, bias, dtype } = gated.bind(args);
    super(input_size, hidden_size, bias, 3, dtype);
  }
  override forward(input: Tensor, hx: Tensor | null = null): Tensor {
    const { gates, states, back } = this.prepare(input, hx === null ? null : [hx], 1);
    return back(gru_cell(gates, states[0] as Tensor, this.weights));
  }
}

/**
 * One step of an LSTM: (N, input_size) and the states [h, c] give the new ones.
 * @example
 * const [h, c] = new torch.nn.LSTMCell(4, 3)(torch.randn(2, 4));
 * h.shape; // [2, 3]
 */
export class LSTMCell extends CellBase {
  constructor(...args: ArgsOf<typeof gated>) {
    const { input_size, hidden_size, bias, dtype } = gated.bind(args, 'LSTMCell');
    super(input_size, hidden_size, bias, 4, dtype);
  }
  override forward(input: Tensor, hx: readonly [Tensor, Tensor] | null = null): [Tensor, Tensor] {
    const { gates, states, back } = this.prepare(input, hx, 2);
    const [h, c] = lstm_cell(gates, states as [Tensor, Tensor], this.weights);
    return [back(h), back(c)];
  }
}
