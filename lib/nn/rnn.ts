/** Recurrent networks over whole sequences: RNN, LSTM and GRU. */
import type { DType } from '../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { cat, empty, stack } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import * as functional from './functional.js';
import * as init from './init.js';
import { lstm_layer, takes } from './lstm-layer.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { floatRepr } from './repr.js';
import { type CellWeights, gru_cell, lstm_cell, rnn_cell, type Sequence, stepsOf } from './rnn-step.js';
import { type ArgsOf, signature } from './signature.js';

export type Mode = 'LSTM' | 'GRU' | 'RNN_TANH' | 'RNN_RELU';
const GATES: Record<Mode, number> = { LSTM: 4, GRU: 3, RNN_TANH: 1, RNN_RELU: 1 };

/** Sequences of different lengths one time step after another; see nn.utils.rnn. */
interface Packed {
  readonly data: Tensor;
  readonly batch_sizes: Tensor;
  readonly sorted_indices: Tensor | null;
  readonly unsorted_indices: Tensor | null;
}
const isPacked = (x: unknown): x is Packed =>
  typeof x === 'object' && x !== null && 'batch_sizes' in x && 'data' in x && x.batch_sizes !== undefined;

interface RNNOptions {
  readonly input_size: number;
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly bias: boolean;
  readonly batch_first: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly proj_size: number;
  readonly dtype: DType | null;
}

/**
 * What all recurrent networks share: their weights, in PyTorch's order and under its names, and the walk over time.
 * @example
 * new torch.nn.LSTM(4, 3) instanceof torch.nn.RNNBase; // true
 */
export abstract class RNNBase extends Module {
  readonly mode: Mode;
  readonly input_size: number;
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly bias: boolean;
  readonly batch_first: boolean;
  dropout: number;
  readonly bidirectional: boolean;
  readonly proj_size: number;
  [weight: string]: any;

  constructor(mode: Mode, options: RNNOptions) {
    super();
    const { input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional } = options;
    const { proj_size, dtype } = options;
    if (!Number.isInteger(hidden_size))
      throw new TypeError(`hidden_size should be of type int, got: ${typeof hidden_size}`);
    if (hidden_size <= 0) throw new ValueError('hidden_size must be greater than zero');
    if (num_layers <= 0) throw new ValueError('num_layers must be greater than zero');
    if (proj_size < 0) throw new ValueError('proj_size should be a positive integer or zero to disable projections');
    if (proj_size >= hidden_size) throw new ValueError('proj_size has to be smaller than hidden_size');
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new ValueError(
        'dropout should be a number in range [0, 1] representing the probability of an element being zeroed',
      );
    }
    if (dropout > 0 && num_layers === 1) {
      warnOnce(
        `dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${dropout} and num_layers=${num_layers}`,
      );
    }
    this.mode = mode;
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.num_layers = num_layers;
    this.bias = bias;
    this.batch_first = batch_first;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    this.proj_size = proj_size;
    const rows = GATES[mode] * hidden_size;
    for (let layer = 0; layer < num_layers; layer++) {
      for (const suffix of this.directions()) {
        const width = layer === 0 ? input_size : this.outputSize * this.directions().length;
        const shapes: [string, number[]][] = [
          ['weight_ih', [rows, width]],
          ['weight_hh', [rows, this.outputSize]],
        ];
        if (bias) shapes.push(['bias_ih', [rows]], ['bias_hh', [rows]]);
        if (proj_size > 0) shapes.push(['weight_hr', [proj_size, hidden_size]]);
        for (const [name, shape] of shapes) this[`${name}_l${layer}${suffix}`] = new Parameter(empty(shape, { dtype }));
      }
    }
    this.reset_parameters();
  }

  private get outputSize(): number {
    return this.proj_size > 0 ? this.proj_size : this.hidden_size;
  }
  private directions(): readonly string[] {
    return this.bidirectional ? ['', '_reverse'] : [''];
  }

  /** Draws all weights anew, uniformly within 1 / sqrt(hidden_size). */
  reset_parameters(): void {
    const bound = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const weight of this.parameters()) init.uniform_(weight, -bound, bound);
  }

  /** For compatibility: weights need no flattening here. */
  flatten_parameters(): void {}

  /** The weights of all layers, each layer's and direction's in a list. */
  get all_weights(): Tensor[][] {
    const names = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh', 'weight_hr'];
    return this.layers().map(({ name }) =>
      names.map((kind) => this[`${kind}${name}`] as Tensor | undefined).filter((w) => w !== undefined),
    );
  }

  private layers(): { name: string; weights: CellWeights }[] {
    const found: { name: string; weights: CellWeights }[] = [];
    for (let layer = 0; layer < this.num_layers; layer++) {
      for (const suffix of this.directions()) {
        const name = `_l${layer}${suffix}`;
        const of = (kind: string): Tensor | null => (this[`${kind}${name}`] as Tensor | undefined) ?? null;
        found.push({
          name,
          weights: {
            ih: of('weight_ih') as Tensor,
            hh: of('weight_hh') as Tensor,
            bias_ih: of('bias_ih'),
            bias_hh: of('bias_hh'),
            projection: of('weight_hr'),
          },
        });
      }
    }
    return found;
  }

  /** One step of one layer: from what comes in, already multiplied by its weights, and the states before. */
  private step(gates: Tensor, states: Tensor[], weights: CellWeights): Tensor[] {
    if (this.mode === 'LSTM') return lstm_cell(gates, states as [Tensor, Tensor], weights);
    if (this.mode === 'GRU') return [gru_cell(gates, states[0] as Tensor, weights)];
    return [rnn_cell(gates, states[0] as Tensor, weights, this.mode === 'RNN_RELU')];
  }

  /** One layer in one direction; a batch may shrink with time. */
  private walk(sequence: Sequence, start: Tensor[], weights: CellWeights, backwards: boolean) {
    const { data, sizes } = sequence;
    const { ih, hh, bias_ih, bias_hh, projection } = weights;
    // All steps' products with the input weights at once.
    if (this.mode === 'LSTM' && sizes === null && projection === null) {
      const bias = bias_ih === null || bias_hh === null ? bias_ih : bias_ih.add(bias_hh);
      const gates = functional.linear(data, ih, bias);
      if (takes(gates, start, hh)) {
        const results = lstm_layer([gates, start[0] as Tensor, start[1] as Tensor, hh], backwards);
        return { data: results[0], ends: results.map((r) => r.select(0, backwards ? 0 : -1)) };
      }
    }
    const gates = stepsOf({ data: functional.linear(data, ih, bias_ih), sizes });
    const order = gates.map((_, t) => (backwards ? gates.length - 1 - t : t));
    const sizeOf = (t: number | undefined) => (gates[t as number] as Tensor).shape[0] as number;
    const outputs: Tensor[] = new Array(gates.length);
    const finished: Tensor[][] = start.map(() => []);
    let states = start.map((s) => s.narrow(0, 0, sizeOf(order[0])));
    for (const t of order) {
      const size = sizeOf(t);
      const now = (states[0] as Tensor).shape[0] as number;
      if (size < now) {
        states.forEach((s, i) => {
          finished[i]?.unshift(s.narrow(0, size, now - size));
        });
        states = states.map((s) => s.narrow(0, 0, size));
      } else if (size > now) {
        states = states.map((s, i) => cat([s, (start[i] as Tensor).narrow(0, now, size - now)], 0));
      }
      states = this.step(gates[t] as Tensor, states, weights);
      outputs[t] = states[0] as Tensor;
    }
    const ends = states.map((s, i) => {
      const rest = finished[i] as Tensor[];
      return rest.length > 0 ? cat([s, ...rest], 0) : s;
    });
    return { data: sizes === null ? stack(outputs, 0) : cat(outputs, 0), ends };
  }

  /** All layers; returns the outputs and the last states of each layer and direction. */
  private run(sequence: Sequence, initial: Tensor[]): { data: Tensor; states: Tensor[] } {
    const layers = this.layers();
    const width = this.directions().length;
    const ends: Tensor[][] = initial.map(() => []);
    let { data } = sequence;
    for (let layer = 0; layer < this.num_layers; layer++) {
      const sides = this.directions().map((_, d) => {
        const at = layer * width + d;
        const start = initial.map((s) => s.select(0, at));
        const { weights } = layers[at] as { weights: CellWeights };
        const side = this.walk({ ...sequence, data }, start, weights, d === 1);
        side.ends.forEach((s, i) => {
          ends[i]?.push(s);
        });
        return side.data;
      });
      data = width === 2 ? cat(sides, -1) : (sides[0] as Tensor);
      if (this.dropout > 0 && this.training && layer < this.num_layers - 1)
        data = functional.dropout(data, this.dropout, true);
    }
    return { data, states: ends.map((s) => stack(s, 0)) };
  }

  private zeros(like: Tensor, batch: number): Tensor[] {
    const count = this.num_layers * this.directions().length;
    const hidden = like.new_zeros([count, batch, this.outputSize]);
    return this.mode === 'LSTM' ? [hidden, like.new_zeros([count, batch, this.hidden_size])] : [hidden];
  }

  private checkStates(states: Tensor[], batch: number): void {
    const count = this.num_layers * this.directions().length;
    const wanted = [
      [count, batch, this.outputSize],
      [count, batch, this.hidden_size],
    ];
    states.forEach((s, i) => {
      if (String([...s.shape]) === String(wanted[i])) return;
      const which = this.mode === 'LSTM' ? `hidden[${i}]` : 'hidden';
      throw new RuntimeError(`Expected ${which} size (${wanted[i]?.join(', ')}), got [${s.shape.join(', ')}]`);
    });
  }

  protected sequence(input: Tensor | Packed, given: Tensor[] | null): { output: any; states: Tensor[] } {
    if (isPacked(input)) return this.packedSequence(input, given);
    const x = input as Tensor;
    const name = this.constructor.name;
    if (x.dim() !== 2 && x.dim() !== 3)
      throw new ValueError(`${name}: Expected input to be 2D or 3D, got ${x.dim()}D instead`);
    if (x.shape.at(-1) !== this.input_size) {
      throw new RuntimeError(
        `input.size(-1) must be equal to input_size. Expected ${this.input_size}, got ${x.shape.at(-1)}`,
      );
    }
    const batched = x.dim() === 3;
    const timeFirst = batched ? (this.batch_first ? x.transpose(0, 1) : x) : x.unsqueeze(1);
    const batch = timeFirst.shape[1] as number;
    for (const s of given ?? []) {
      if (s.dim() === (batched ? 3 : 2)) continue;
      throw new RuntimeError(
        `For ${batched ? 'batched 3-D' : 'unbatched 2-D'} input, hx${this.mode === 'LSTM' ? ' and cx' : ''} should also be ${batched ? '3-D' : '2-D'} but got ${s.dim()}-D tensor`,
      );
    }
    const initial = given?.map((s) => (batched ? s : s.unsqueeze(1))) ?? this.zeros(x, batch);
    this.checkStates(initial, batch);
    if (timeFirst.shape[0] === 0) throw new RuntimeError('Expected sequence length to be larger than 0 in RNN');
    const { data, states } = this.run({ data: timeFirst, sizes: null }, initial);
    const output = batched && this.batch_first ? data.transpose(0, 1) : data;
    return batched ? { output, states } : { output: output.squeeze(1), states: states.map((s) => s.squeeze(1)) };
  }

  private packedSequence(input: Packed, given: Tensor[] | null): { output: Packed; states: Tensor[] } {
    const { data, batch_sizes, sorted_indices, unsorted_indices } = input;
    const sizes = batch_sizes.tolist() as number[];
    const batch = sizes[0] as number;
    const permuted = (s: Tensor, order: Tensor | null) => (order === null ? s : s.index_select(1, order));
    const initial = given?.map((s) => permuted(s, sorted_indices)) ?? this.zeros(data, batch);
    this.checkStates(initial, batch);
    const { data: outputs, states } = this.run({ data, sizes }, initial);
    const Made = input.constructor as new (...args: unknown[]) => Packed;
    const output = new Made(outputs, batch_sizes, sorted_indices, unsorted_indices);
    return { output, states: states.map((s) => permuted(s, unsorted_indices)) };
  }

  override extra_repr(): string {
    const parts = [`${this.input_size}, ${this.hidden_size}`];
    if (this.proj_size !== 0) parts.push(`proj_size=${this.proj_size}`);
    if (this.num_layers !== 1) parts.push(`num_layers=${this.num_layers}`);
    if (!this.bias) parts.push('bias=False');
    if (this.batch_first) parts.push('batch_first=True');
    if (this.dropout !== 0)
      parts.push(`dropout=${Number.isInteger(this.dropout) ? floatRepr(this.dropout) : this.dropout}`);
    if (this.bidirectional) parts.push('bidirectional=True');
    return parts.join(', ');
  }
}

const gated = signature(
  'LSTM',
  (
    input_size: number,
    hidden_size: number,
    num_layers: number = 1,
    bias: boolean = true,
    batch_first: boolean = false,
    dropout: number = 0,
    bidirectional: boolean = false,
    proj_size: number = 0,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    input_size,
    hidden_size,
    num_layers,
    bias,
    batch_first,
    dropout,
    bidirectional,
    proj_size,
    device,
    dtype,
  }),
);
const plain = signature(
  'RNN',
  (
    input_size: number,
    hidden_size: number,
    num_layers: number = 1,
    nonlinearity: string = 'tanh',
    bias: boolean = true,
    batch_first: boolean = false,
    dropout: number = 0,
    bidirectional: boolean = false,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    input_size,
    hidden_size,
    num_layers,
    nonlinearity,
    bias,
    batch_first,
    dropout,
    bidirectional,
    device,
    dtype,
  }),
);

/**
 * A recurrent network with tanh or relu (`nonlinearity`), of `num_layers` layers: (L, N, input_size), or (N, L,
 * input_size) with `batch_first`, and the first states give the outputs of the last layer and the last states of all.
 *
 * @example
 * const [output, h] = new torch.nn.RNN(4, 3)(torch.randn(5, 2, 4));
 * output.shape; // [5, 2, 3]
 */
export class RNN extends RNNBase {
  readonly nonlinearity: string;
  constructor(...args: ArgsOf<typeof plain>) {
    const { nonlinearity, ...options } = plain.bind(args);
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw new ValueError(`Unknown nonlinearity '${nonlinearity}'. Select from 'tanh' or 'relu'.`);
    super(nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU', { ...options, proj_size: 0 });
    this.nonlinearity = nonlinearity;
  }
  override forward(input: any, hx: Tensor | null = null): [any, Tensor] {
    const { output, states } = this.sequence(input, hx === null ? null : [hx]);
    return [output, states[0] as Tensor];
  }
}

/**
 * A network of gated recurrent units (Cho and others, 2014); arguments and results as RNN's.
 *
 * @example
 * new torch.nn.GRU(4, 3, { num_layers: 2 })(torch.randn(5, 2, 4))[1].shape; // [2, 2, 3]
 */
export class GRU extends RNNBase {
  constructor(...args: ArgsOf<typeof gated>) {
    super('GRU', gated.bind(args, 'GRU'));
  }
  override forward(input: any, hx: Tensor | null = null): [any, Tensor] {
    const { output, states } = this.sequence(input, hx === null ? null : [hx]);
    return [output, states[0] as Tensor];
  }
}

/**
 * A network of long short-term memory cells (Hochreiter and Schmidhuber, 1997): its states are pairs [h, c].
 *
 * @example
 * const [output, [h, c]] = new torch.nn.LSTM(4, 3)(torch.randn(5, 2, 4));
 */
export class LSTM extends RNNBase {
  constructor(...args: ArgsOf<typeof gated>) {
    super('LSTM', gated.bind(args));
  }
  override forward(input: any, hx: readonly [Tensor, Tensor] | null = null): [any, [Tensor, Tensor]] {
    const { output, states } = this.sequence(input, hx === null ? null : [...hx]);
    return [output, [states[0] as Tensor, states[1] as Tensor]];
  }
}
