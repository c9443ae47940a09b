/** Connectionist temporal classification. */
import { NotImplementedError, RuntimeError, TypeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { cat } from './join.js';
import { _where } from './ternary.js';

const slope = op('_ctc_loss_backward(Tensor grad, Tensor losses, Tensor slopes)', {
  native: '',
  method: false,
  backward: 'NotImplemented',
});
// What cannot be aligned has no slope: where its loss was made 0, so is the gradient that comes in.
implement(slope, (grad, _losses, slopes) => {
  const each = grad.unsqueeze(1);
  return _where(each.eq(0), 0, slopes.mul(each));
});
const once = (): never => {
  throw new NotImplementedError("the derivative for '_ctc_loss_backward' is not implemented.");
};
derive(slope, { grad: once, losses: once });
const _ctc = op(
  '_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank) -> (losses, slopes)',
  { native: 'ctc', method: false, backward: 'CtcLossBackward0' },
);
derive(_ctc, {
  log_probs: [['slopes', 'losses'], (g, s) => slope(g[0] as Tensor, s.losses, s.slopes)],
});

type Lengths = Tensor | readonly number[];
const listOf = (lengths: unknown): number[] => {
  if (lengths instanceof Tensor) return lengths.reshape(-1).tolist().map(Number);
  if (Array.isArray(lengths)) return lengths.map(Number);
  throw new TypeError('ctc_loss(): lengths must be a Tensor or a list of ints');
};

/** The labels of all sequences one after another, from a padded matrix or from such a list. */
function joined(targets: Tensor, lengths: readonly number[]): Tensor {
  if (targets.dim() === 1) return targets;
  return cat(lengths.map((length, n) => targets.select(0, n).narrow(0, 0, length)));
}

/**
 * The negative log likelihood of label sequences `targets`, (N, S) padded or all in one list, under log probabilities
 * `log_probs` (T, N, C) of which each sequence uses the first `input_lengths` steps; 'mean' divides each by its length
 * first. Without the batch dimension N as well.
 * @example
 * const log_probs = torch.randn(5, 1, 3).log_softmax(2);
 * torch.nn.functional.ctc_loss(log_probs, torch.tensor([[1n, 2n]]), [5], [2]);
 */
export const ctc_loss = op(
  "ctc_loss(Tensor log_probs, Tensor targets, any input_lengths, any target_lengths, int blank=0, str reduction='mean', bool zero_infinity=False)",
  { native: '', method: false },
);
compose(ctc_loss, (log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity) => {
  const batched = log_probs.dim() === 3;
  const probabilities = batched ? log_probs : log_probs.unsqueeze(1);
  const [steps, counts] = [listOf(input_lengths as Lengths), listOf(target_lengths as Lengths)];
  const [, batch, classes] = probabilities.shape as readonly number[] as [number, number, number];
  if (targets.dtype.is_floating_point) throw new RuntimeError('targets must be of integral type');
  if (!(blank >= 0 && blank < classes)) throw new RuntimeError('blank must be in label range');
  if (steps.length !== batch)
    throw new RuntimeError(`input_lengths must be of size batch_size, got ${steps.length} for ${batch}`);
  if (counts.length !== batch)
    throw new RuntimeError(`target_lengths must be of size batch_size, got ${counts.length} for ${batch}`);
  const [all] = _ctc(probabilities, joined(targets, counts), steps, counts, blank);
  const losses = zero_infinity ? _where(all.eq(Infinity), 0, all) : all;
  if (reduction === 'none') return batched ? losses : losses.squeeze(0);
  if (reduction === 'sum') return losses.sum();
  return losses.div(losses.detach().new_tensor(counts).clamp_min(1)).mean();
});
