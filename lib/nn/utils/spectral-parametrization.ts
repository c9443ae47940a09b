import { no_grad } from '../../autograd/modes.js';
import { IndexError, ValueError } from '../../errors.js';
import { contiguous_format } from '../../memory-format.js';
import { Tensor } from '../../tensor.js';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../conv.js';
import { normalize } from '../functional.js';
import { Module } from '../module.js';
import { withKeywords } from '../signature.js';
import { register_parametrization } from './parametrize.js';

/** The dimension of the outputs in a module's weight. */
export function outputDim(module: Module): number {
  const transposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some((kind) => module instanceof kind);
  return transposed ? 1 : 0;
}

/** `weight` as a matrix with one row per index of `dim`. */
export function asMatrix(weight: Tensor, dim: number): Tensor {
  const others = weight.shape.map((_, d) => d).filter((d) => d !== dim);
  return (dim === 0 ? weight : weight.permute([dim, ...others])).flatten(1);
}

export function checkIterations(count: number): void {
  if (count > 0) return;
  throw new ValueError(`Expected n_power_iterations to be positive, but got n_power_iterations=${count}`);
}

/** u^T W v, the largest singular value, where u and v are copies that later iterations leave alone. */
export function sigmaOf(matrix: Tensor, u: Tensor, v: Tensor): Tensor {
  const options = { memory_format: contiguous_format };
  return u.clone(options).dot(matrix.mv(v.clone(options)));
}

class _SpectralNorm extends Module {
  readonly dim: number;
  readonly eps: number;
  readonly n_power_iterations: number;
  declare _u: Tensor;
  declare _v: Tensor;

  constructor(weight: Tensor, n_power_iterations: number, dim: number, eps: number) {
    super();
    const ndim = weight.dim();
    if (dim >= ndim || dim < -ndim) {
      throw new IndexError(
        `Dimension out of range (expected to be in range of [-${ndim}, ${ndim - 1}] but got ${dim})`,
      );
    }
    checkIterations(n_power_iterations);
    this.dim = dim < 0 ? dim + ndim : dim;
    this.eps = eps;
    this.n_power_iterations = n_power_iterations;
    if (ndim < 2) return;
    const matrix = asMatrix(weight.detach(), this.dim);
    const [u, v] = matrix.shape.map((n) => matrix.new_empty([n]).normal_(0, 1)) as [Tensor, Tensor];
    this.register_buffer('_u', normalize(u, { dim: 0, eps }));
    this.register_buffer('_v', normalize(v, { dim: 0, eps }));
    this.iterate(matrix, 15);
  }

  private iterate(matrix: Tensor, count: number): void {
    no_grad(() => {
      for (let i = 0; i < count; i++) {
        this._u.copy_(normalize(matrix.mv(this._v), { dim: 0, eps: this.eps }));
        this._v.copy_(normalize(matrix.mT.mv(this._u), { dim: 0, eps: this.eps }));
      }
    });
  }

  override forward(weight: Tensor): Tensor {
    if (weight.dim() === 1) return normalize(weight, { dim: 0, eps: this.eps });
    const matrix = asMatrix(weight, this.dim);
    if (this.training) this.iterate(matrix, this.n_power_iterations);
    return weight.div(sigmaOf(matrix, this._u, this._v));
  }

  right_inverse(value: Tensor): Tensor {
    return value;
  }
}

/**
 * Divides a weight by its largest singular value, which `n_power_iterations` steps of the power method follow whenever
 * it is read in training (Miyato et al., 2018).
 * @example
 * const layer = new torch.nn.Linear(4, 2);
 * torch.nn.utils.parametrizations.spectral_norm(layer);
 * torch.linalg.matrix_norm(layer.weight, 2).item() < 1.1; // true
 */
export const spectral_norm = withKeywords(
  'spectral_norm',
  (
    module: Module,
    name: string = 'weight',
    n_power_iterations: number = 1,
    eps: number = 1e-12,
    dim: number | null = null,
  ) => ({ module, name, n_power_iterations, eps, dim }),
  ({ module, name, n_power_iterations, eps, dim }): Module => {
    const weight: unknown = Reflect.get(module, name);
    if (!(weight instanceof Tensor)) {
      throw new ValueError(`Module '${module}' has no parameter or buffer with name '${name}'`);
    }
    const norm = new _SpectralNorm(weight, n_power_iterations, dim ?? outputDim(module), eps);
    return register_parametrization(module, name, norm);
  },
);
