/** What torch.autocast does to the inputs of ops: PyTorch's lists for the CPU. */
import { type Autocast, gradEnabled, within } from '../autograd/modes.js';
import { type DType, float32, float64 } from '../dtype.js';
import { Tensor } from '../tensor.js';
import type { OpSpec } from './spec.js';

/** Products are computed in the region's dtype. */
const LOWER =
  'conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution bmm mm linalg_vecdot baddbmm ' +
  'addmm addbmm linear matmul prelu scaled_dot_product_attention';
/** What needs range or precision is computed in float32. */
const SINGLE =
  'avg_pool3d adaptive_avg_pool3d adaptive_max_pool3d max_pool3d max_unpool1d max_unpool2d max_unpool3d ' +
  'fractional_max_pool2d fractional_max_pool3d reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d ' +
  'replication_pad3d grid_sample prod quantile nanquantile cdist trace cholesky cholesky_inverse cholesky_solve inverse ' +
  'lu_solve orgqr ormqr pinverse geqrf qr svd triangular_solve mse_loss l1_loss smooth_l1_loss huber_loss nll_loss ' +
  'cross_entropy binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss hinge_embedding_loss ' +
  'poisson_nll_loss margin_ranking_loss soft_margin_loss triplet_margin_loss multi_margin_loss multilabel_margin_loss ' +
  'ctc_loss kl_div linalg_cond linalg_matrix_rank linalg_solve linalg_cholesky linalg_cholesky_ex linalg_svd ' +
  'linalg_svdvals linalg_eigh linalg_eigvalsh linalg_inv linalg_inv_ex linalg_householder_product linalg_qr ' +
  'linalg_tensorinv linalg_tensorsolve linalg_lstsq';
/** Takes the widest of its inputs' dtypes. */
const WIDEST = 'cat concat concatenate stack index_copy';

type Policy = 'lower' | 'single' | 'widest';
const policies = new Map<string, Policy>([
  ...LOWER.split(' ').map((name) => [name, 'lower'] as const),
  ...SINGLE.split(' ').map((name) => [name, 'single'] as const),
  ...WIDEST.split(' ').map((name) => [name, 'widest'] as const),
]);

const isCast = (t: Tensor): boolean => t.dtype.is_floating_point && t.dtype !== float64;

/** `t` in another dtype: of a weight only once in a region. */
function cast(region: Autocast, t: Tensor, dtype: DType): Tensor {
  if (!isCast(t) || t.dtype === dtype) return t;
  const { cache } = region;
  const kept = cache !== null && dtype === region.dtype && t.dtype === float32 && t.requires_grad && t.is_leaf;
  // One that was converted without a graph would be of no use with it.
  if (!kept || t._base !== null || !gradEnabled()) return t.to(dtype);
  const known = cache.get(t);
  if (known !== undefined) return known;
  const made = t.to(dtype);
  cache.set(t, made);
  return made;
}

function widest(region: Autocast, values: readonly unknown[]): DType {
  const wide = (v: unknown): boolean =>
    Array.isArray(v) ? v.some(wide) : v instanceof Tensor && isCast(v) && v.dtype === float32;
  return values.some(wide) ? float32 : region.dtype;
}

/** Runs an op on inputs in the dtype that a region of autocast wants; what it is made of runs outside of it. */
export function underAutocast(
  region: Autocast,
  spec: OpSpec,
  values: unknown[],
  run: (spec: OpSpec, values: unknown[]) => unknown,
): unknown {
  const policy = policies.get(spec.name);
  if (policy === undefined) return run(spec, values);
  const dtype = policy === 'single' ? float32 : policy === 'lower' ? region.dtype : widest(region, values);
  const converted = (v: unknown): unknown =>
    v instanceof Tensor ? cast(region, v, dtype) : Array.isArray(v) ? v.map(converted) : v;
  const inputs = values.map(converted);
  return spec.body ? within({ autocast: null }, () => run(spec, inputs)) : run(spec, inputs);
}
