/** torch.nn.utils.rnn: sequences of different lengths, padded to one length or packed without padding. */
import { inspect } from 'node:util';
import { int64 } from '../../dtype.js';
import { RuntimeError, ValueError } from '../../errors.js';
import { arange, cat, empty, full, index_select, tensor } from '../../ops/index.js';
import { Tensor } from '../../tensor.js';
import { withKeywords } from '../signature.js';

/**
 * Sequences of different lengths without padding: `data` holds step 0 of all sequences, then step 1 of those that have
 * one, and so on; `batch_sizes` (int64) how many have each step. `sorted_indices` puts the sequences in the order of
 * their lengths, `unsorted_indices` back. The pack_* functions make them.
 * @example
 * const packed = torch.nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]);
 * packed.batch_sizes; // tensor([2, 1])
 */
export class PackedSequence {
  constructor(
    readonly data: Tensor,
    readonly batch_sizes: Tensor,
    readonly sorted_indices: Tensor | null = null,
    readonly unsorted_indices: Tensor | null = sorted_indices && invert_permutation(sorted_indices),
  ) {}

  *[Symbol.iterator](): Iterator<Tensor | null> {
    yield this.data;
    yield this.batch_sizes;
    yield this.sorted_indices;
    yield this.unsorted_indices;
  }

  toString(): string {
    const { data, batch_sizes, sorted_indices, unsorted_indices } = this;
    const members = Object.entries({ data, batch_sizes, sorted_indices, unsorted_indices });
    return `PackedSequence(${members.map(([name, value]) => `${name}=${value ?? 'None'}`).join(', ')})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** The same sequences with data of another dtype. */
  to(...destination: Parameters<Tensor['to']>): PackedSequence {
    return new PackedSequence(
      this.data.to(...destination),
      this.batch_sizes,
      this.sorted_indices,
      this.unsorted_indices,
    );
  }
}

/**
 * The permutation that undoes `permutation`.
 * @example
 * torch.nn.utils.rnn.invert_permutation(torch.tensor([2n, 0n, 1n])); // tensor([1, 2, 0])
 */
export function invert_permutation(permutation: Tensor): Tensor {
  return empty(permutation.shape, { dtype: int64 }).scatter(
    0,
    permutation,
    arange(0, permutation.numel(), { dtype: int64 }),
  );
}

const numbers = (t: Tensor): number[] => (t.tolist() as (number | bigint)[]).map(Number);
const indices = (values: number[]): Tensor => tensor(values, { dtype: int64 });

/**
 * Packs a padded batch of shape [T, B, ...], or [B, T, ...] with `batch_first`, whose sequences have `lengths`, in
 * descending order unless `enforce_sorted` is false.
 * @example
 * const batch = torch.tensor([[1, 2, 0], [3, 0, 0]]);
 * const { pack_padded_sequence } = torch.nn.utils.rnn;
 * pack_padded_sequence(batch, [2, 1], { batch_first: true }).data.tolist(); // [1, 3, 2]
 */
export const pack_padded_sequence = withKeywords(
  'pack_padded_sequence',
  (
    input: Tensor,
    lengths: Tensor | readonly number[],
    batch_first: boolean = false,
    enforce_sorted: boolean = true,
  ) => ({
    input,
    lengths,
    batch_first,
    enforce_sorted,
  }),
  ({ input, lengths, batch_first, enforce_sorted }): PackedSequence => {
    let sizes = lengths instanceof Tensor ? numbers(lengths) : [...lengths];
    let batch = input;
    let order: Tensor | null = null;
    if (!enforce_sorted) {
      const places = sizes.map((_, i) => i).sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);
      order = indices(places);
      batch = index_select(input, batch_first ? 0 : 1, order);
      sizes = places.map((place) => sizes[place] as number);
    }
    return pack(batch_first ? batch.transpose(0, 1) : batch, sizes, order);
  },
);

function pack(steps: Tensor, sizes: number[], order: Tensor | null): PackedSequence {
  if (sizes.length === 0 || steps.numel() === 0) throw new RuntimeError('Cannot pack empty tensors.');
  if (steps.size(1) !== sizes.length) {
    throw new RuntimeError(
      `Expected \`len(lengths)\` to be equal to batch_size, but got ${sizes.length} (batch_size=${steps.size(1)})`,
    );
  }
  if ((sizes.at(-1) as number) <= 0) {
    throw new RuntimeError(
      "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
    );
  }
  if (sizes.some((size, i) => i > 0 && size > (sizes[i - 1] as number))) {
    throw new RuntimeError(
      '`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass ' +
        '`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do ' +
        'not need ONNX exportability.',
    );
  }
  const longest = sizes[0] as number;
  if (longest > (steps.size(0) as number)) {
    throw new RuntimeError(`Expected at most ${steps.size(0)} steps, but found a sequence of length ${longest}`);
  }
  const counts = Array.from({ length: longest }, (_, step) => sizes.filter((size) => size > step).length);
  // Steps of as many sequences are cut out together.
  const parts: Tensor[] = [];
  for (let from = 0; from < longest; ) {
    const count = counts[from] as number;
    let to = from;
    while (counts[to] === count) to++;
    const part = steps.narrow(0, from, to - from).narrow(1, 0, count);
    parts.push(part.reshape([(to - from) * count, ...steps.shape.slice(2)]));
    from = to;
  }
  return new PackedSequence(cat(parts), indices(counts), order);
}

/**
 * The opposite of `pack_padded_sequence`: a padded batch in the original order and its lengths (int64).
 * @example
 * const { pack_sequence, pad_packed_sequence } = torch.nn.utils.rnn;
 * const packed = pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]);
 * const [batch, lengths] = pad_packed_sequence(packed, { batch_first: true });
 * batch.tolist(); // [[1, 2], [3, 0]]
 */
export const pad_packed_sequence = withKeywords(
  'pad_packed_sequence',
  (
    sequence: PackedSequence,
    batch_first: boolean = false,
    padding_value: number = 0,
    total_length: number | null = null,
  ) => ({ sequence, batch_first, padding_value, total_length }),
  ({ sequence, batch_first, padding_value, total_length }): [batch: Tensor, lengths: Tensor] => {
    const { data, unsorted_indices: order } = sequence;
    const counts = numbers(sequence.batch_sizes);
    if (total_length !== null && total_length < counts.length) {
      throw new ValueError(
        'Expected total_length to be at least the length of the longest sequence in input, but got ' +
          `total_length=${total_length} and max sequence length being ${counts.length}`,
      );
    }
    const sequences = counts[0] as number;
    const length = total_length ?? counts.length;
    const rest = data.shape.slice(1);
    const lengths = Array.from({ length: sequences }, (_, i) => counts.filter((count) => count > i).length);
    // Where each element of the padded batch stands in data, or in the one row of padding behind it.
    let start = 0;
    const starts = counts.map((count) => {
      start += count;
      return start - count;
    });
    const padding = full([1, ...rest], padding_value, { dtype: data.dtype });
    const places: number[] = [];
    for (let step = 0; step < length; step++) {
      for (let i = 0; i < sequences; i++) {
        const present = i < (counts[step] ?? 0);
        places.push(present ? (starts[step] as number) + i : (data.size(0) as number));
      }
    }
    let batch = index_select(cat([data, padding]), 0, indices(places)).reshape([length, sequences, ...rest]);
    if (batch_first) batch = batch.transpose(0, 1);
    if (order === null) return [batch, indices(lengths)];
    return [index_select(batch, batch_first ? 0 : 1, order), index_select(indices(lengths), 0, order)];
  },
);

/**
 * Stacks sequences of shape [L, ...] to a batch of shape [T, B, ...], or [B, T, ...] with `batch_first`, filled up with
 * `padding_value` on the right or the left.
 * @example
 * torch.nn.utils.rnn.pad_sequence([torch.ones(2), torch.ones(1)], { batch_first: true }).tolist(); // [[1, 1], [1, 0]]
 */
export const pad_sequence = withKeywords(
  'pad_sequence',
  (
    sequences: readonly Tensor[],
    batch_first: boolean = false,
    padding_value: number = 0,
    padding_side: 'right' | 'left' = 'right',
  ) => ({ sequences, batch_first, padding_value, padding_side }),
  ({ sequences, batch_first, padding_value, padding_side }): Tensor => {
    if (padding_side !== 'right' && padding_side !== 'left') {
      throw new RuntimeError(`padding_side must be either 'left' or 'right', but got ${padding_side}`);
    }
    const [first] = sequences;
    if (first === undefined) throw new RuntimeError('received an empty list of sequences');
    const longest = Math.max(...sequences.map((sequence) => sequence.size(0) as number));
    const padded = sequences.map((sequence) => {
      const missing = longest - (sequence.size(0) as number);
      if (missing === 0) return sequence;
      const padding = full([missing, ...first.shape.slice(1)], padding_value, { dtype: first.dtype });
      return cat(padding_side === 'right' ? [sequence, padding] : [padding, sequence]);
    });
    return stackAt(padded, batch_first ? 0 : 1);
  },
);

const stackAt = (tensors: Tensor[], dim: number): Tensor =>
  cat(
    tensors.map((t) => t.unsqueeze(dim)),
    dim,
  );

/**
 * The opposite of `pad_sequence`: the first `lengths[i]` steps of each sequence.
 * @example
 * torch.nn.utils.rnn.unpad_sequence(torch.ones(3, 2), torch.tensor([3n, 1n]))[1].shape; // [1]
 */
export const unpad_sequence = withKeywords(
  'unpad_sequence',
  (padded_sequences: Tensor, lengths: Tensor, batch_first: boolean = false) => ({
    padded_sequences,
    lengths,
    batch_first,
  }),
  ({ padded_sequences, lengths, batch_first }): Tensor[] => {
    const sequences = batch_first ? padded_sequences : padded_sequences.transpose(0, 1);
    return numbers(lengths).map((length, i) => sequences.select(0, i).narrow(0, 0, length));
  },
);

/**
 * Packs sequences of shape [L, ...], the longest first unless `enforce_sorted` is false.
 * @example
 * torch.nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]).data.tolist(); // [1, 3, 2]
 */
export const pack_sequence = withKeywords(
  'pack_sequence',
  (sequences: readonly Tensor[], enforce_sorted: boolean = true) => ({ sequences, enforce_sorted }),
  ({ sequences, enforce_sorted }): PackedSequence => {
    const lengths = sequences.map((sequence) => sequence.size(0) as number);
    return pack_padded_sequence(pad_sequence(sequences), lengths, { enforce_sorted });
  },
);

/**
 * The opposite of `pack_sequence`.
 * @example
 * const { pack_sequence, unpack_sequence } = torch.nn.utils.rnn;
 * unpack_sequence(pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]))[1].tolist(); // [3]
 */
export function unpack_sequence(packed_sequences: PackedSequence): Tensor[] {
  const [batch, lengths] = pad_packed_sequence(packed_sequences, { batch_first: true });
  return unpad_sequence(batch, lengths, true);
}
