/** Which dtypes `out` may have, by op, and how PyTorch says that one will not do. */

import type { DType } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { canCast } from './execute.js';
import type { OpSpec } from './spec.js';

/**
 * `same`: the dtype of the result, which is that of the inputs; `only`: the same of results that have their own; `cast`:
 * those that it can be cast to; `bool`: bool and uint8; `any`: all.
 */
type Accepts = 'same' | 'only' | 'cast' | 'bool' | 'any';

const SAME = 'Expected out tensor to have dtype {w}, but got {g} instead';
const CAST = "result type {W} can't be cast to the desired output type {G}";
const SAFELY = 'Expected result to be safely castable from {W} dtype, but got result with dtype {G}';

/** {op} is the op, {W} and {G} are the dtypes wanted and given, {w} and {g} what C++ calls them. */
// biome-ignore format: table
const RULES: [ops: string, accepts: Accepts, text: string][] = [
  ['abs absolute ceil frac floor neg negative round sign sgn trunc fix bitwise_not softshrink hardshrink gelu softplus lerp', 'same',
   'Found dtype {G} but expected {W}'],
  ['arange linspace logspace ones zeros full empty eye', 'same', 'dtype {W} does not match dtype of out parameter ({G})'],
  ['cummax cummin diff logcumsumexp', 'same', 'expected scalar_type {W} but found {G}'],
  ['logsigmoid linalg_solve_triangular', 'same', 'expected scalar type {W} but found {G}'],
  ['signbit isposinf isneginf', 'only', '{op} does not support non-boolean outputs.'],
  ['heaviside', 'same', 'heaviside is not yet implemented for tensors with different dtypes.'],
  ['where', 'same', 'Expected out type to be {W} but got {G}'],
  ['float_power', 'only', "the output given to float_power has dtype {G} but the operation's result requires dtype {W}"],
  ['nan_to_num', 'same', 'nan_to_num: dtype of out: {G} should be same as input: {W}'],
  ['index_select masked_select', 'same', '{op}(): self and result must have the same scalar type'],
  ['take', 'same', 'take(): self and out expected to have the same dtype, but got self.dtype = {W} and out.dtype = {G}'],
  ['nonzero', 'same', 'nonzero: Expected out tensor to have scalar type {W} but got scalar type{G}'],
  ['kthvalue', 'same', 'output values must be of same type as input: expected {W}, got {G}'],
  ['dot vdot', 'same', 'result dtype {G} does not match input dtype {W}'],
  ['mv matmul', 'same', 'addmv input tensors must have the same dtype, but got {G}, {W}, and {W}'],
  ['addbmm', 'same', 'self and mat2 must have the same dtype, but got {G} and {W}'],
  ['inner tensordot', 'same', 'tensordot: Expected the output tensor to have dtype {W}, but got an output tensor with dtype {G}'],
  ['linalg_vecdot', 'same', 'linalg.vecdot: Expected out of dtype{W} but found {G}'],
  ['linalg_multi_dot', 'same', 'multi_dot(): expected out tensor to have dtype {w} but got {g}'],
  ['quantile nanquantile', 'same', 'quantile() out tensor must be same dtype as the input tensor'],
  ['linalg_matrix_norm linalg_norm', 'same', '{op} expected out tensor dtype {W} but got: {G}'],
  ['amax amin', 'same', "Expected the dtype for input and out to match, but got {W} for input's dtype and {G} for out's dtype."],
  ['histc histogram', 'same',
   'torch.histogram: input tensor and hist tensor should have the same dtype, but got input {w} and hist {g}'],
  ['bucketize searchsorted', 'same',
   "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether out_int32 " +
   "flag is True, but we got output tensor's dtype {G} where {W} was expected"],
  ['ormqr', 'same', 'torch.ormqr: Expected input and result to have the same dtype, but input has dtype{W} and result has dtype {G}'],
  ['all any', 'bool', '{op} only supports bool tensor for result, got: {G}'],
  ['sum prod cumsum cumprod nansum', 'any', ''],
  ['add subtract sub multiply mul div divide true_divide ldexp addcmul addcdiv logaddexp logaddexp2 hypot clamp clamp_min clamp_max clip', 'cast', CAST],
  ['deg2rad rad2deg square angle logit special_logit special_ndtr expit special_expit', 'cast', CAST],
  ['diag', 'same', "diag: result type {W} can't be cast to the desired out= type {G}"],
  ['mean nanmean std var max min addr outer ger kron normalize polygamma special_polygamma', 'cast', CAST],
  ['mvlgamma special_multigammaln', 'cast', '{op}: result type {W} can\'t be cast to the desired output type {G}'],
  ['logsumexp special_logsumexp', 'cast', 'logsumexp(): Expected floating point type for result tensor, but got: {G}'],
  ['cat concat concatenate stack hstack vstack dstack column_stack row_stack', 'cast',
   "torch.cat(): input types can't be cast to the desired output type {G}"],
  ['cholesky_inverse cholesky_solve matrix_power linalg_cond linalg_pinv', 'cast', `{op}: ${SAFELY}`],
  ['linalg_matrix_rank linalg_householder_product', 'cast', `torch.{op}: ${SAFELY}`],
  ['linalg_tensorinv linalg_tensorsolve', 'cast', `{op}: ${SAFELY}`],
];
const byOp = new Map(RULES.flatMap(([ops, accepts, text]) => ops.split(' ').map((op) => [op, { accepts, text }])));

// biome-ignore format: table
const C_NAMES: Record<string, string> = {
  bool: 'bool', uint8: 'unsigned char', int8: 'signed char', int16: 'short int', int32: 'int', int64: 'long int',
  float16: 'c10::Half', bfloat16: 'c10::BFloat16', float32: 'float', float64: 'double',
};

/** Whether the kernel may write into `out` at once: no other dtype would be refused, or it is that of the inputs. */
export function writesDirectly(spec: OpSpec, values: readonly unknown[], out: Tensor): boolean {
  const accepts = byOp.get(spec.name)?.accepts ?? 'cast';
  if (accepts === 'cast') return true;
  return accepts === 'same' && values.every((v) => !(v instanceof Tensor) || v.dtype === out.dtype);
}

/** Whether an `out` of dtype `to` may take a result of dtype `from`. */
function accepted(accepts: Accepts, from: DType, to: DType): boolean {
  if (accepts === 'any' || from === to) return true;
  if (accepts === 'bool') return to.name === 'uint8';
  return accepts === 'cast' && canCast(from, to);
}

/**
 * Refuses an `out` of a dtype that PyTorch refuses: what element-wise kernels write is cast, all others want the dtype of
 * the result, but for those above. One of several results always has its own.
 */
export function checkOutDtype(spec: OpSpec, from: DType, to: DType, single: boolean): void {
  const ordinary = spec.elementwise && single;
  const rule = byOp.get(spec.name);
  const accepts = single ? (rule?.accepts ?? (ordinary ? 'cast' : 'same')) : 'same';
  if (accepted(accepts, from, to)) return;
  const words: Record<string, string> = {
    op: spec.name.replace(/^(linalg|special)_/, '$1.'),
    W: from.scalarName,
    G: to.scalarName,
    w: C_NAMES[from.name] as string,
    g: C_NAMES[to.name] as string,
  };
  const text = single && rule ? rule.text : ordinary ? CAST : SAME;
  const message = text.replace(/\{(\w+)\}/g, (_, word: string) => words[word] as string);
  throw text.startsWith('torch.cat') ? new TypeError(message) : new RuntimeError(message);
}
