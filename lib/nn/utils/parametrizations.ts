/** torch.nn.utils.parametrizations: weights with a length of their own, orthogonal ones, of bounded norm. */
import { no_grad } from '../../autograd/modes.js';
import { finfo } from '../../dtype-info.js';
import { NotImplementedError, ValueError } from '../../errors.js';
import { householder_product, matrix_exp, solve } from '../../linalg.js';
import { cat, eye, randn, zeros_like } from '../../ops/index.js';
import { Tensor } from '../../tensor.js';
import { Module } from '../module.js';
import { sizeRepr } from '../repr.js';
import { withKeywords } from '../signature.js';
import { register_parametrization } from './parametrize.js';
import { normExcept } from './weight-norm.js';

export { spectral_norm } from './spectral-parametrization.js';

class _WeightNorm extends Module {
  readonly dim: number | null;
  constructor(dim: number | null) {
    super();
    this.dim = dim === -1 ? null : dim;
  }
  override forward(length: Tensor, direction: Tensor): Tensor {
    return direction.mul(length.div(normExcept(direction, this.dim)));
  }
  right_inverse(weight: Tensor): Tensor[] {
    return [normExcept(weight, this.dim), weight];
  }
}

/**
 * Makes a parameter g v / |v| of its length g, `original0`, and its direction v, `original1` (Salimans and Kingma, 2016),
 * with norms along all dimensions but `dim`.
 * @example
 * const layer = torch.nn.utils.parametrizations.weight_norm(new torch.nn.Linear(4, 2));
 * layer.get_parameter('parametrizations.weight.original0').shape; // [2, 1]
 */
export const weight_norm = withKeywords(
  'weight_norm',
  (module: Module, name: string = 'weight', dim: number | null = 0) => ({ module, name, dim }),
  ({ module, name, dim }): Module => register_parametrization(module, name, new _WeightNorm(dim), { unsafe: true }),
);

/** Q of A = Q R with a diagonal of R that is not negative. */
function orthonormal(A: Tensor): Tensor {
  const { a, tau } = A.geqrf();
  return householder_product(a, tau).mul(a.diagonal(0, -2, -1).sign().unsqueeze(-2));
}

function isOrthogonal(Q: Tensor): boolean {
  const [n, k] = Q.shape.slice(-2) as [number, number];
  const identity = eye(k, { dtype: Q.dtype }).expand([...Q.shape.slice(0, -2), k, k]);
  return Q.mT.matmul(Q).allclose(identity, { atol: 10 * n * finfo(Q.dtype).eps });
}

const MAPS = ['matrix_exp', 'cayley', 'householder'];

class _Orthogonal extends Module {
  readonly orthogonal_map: string;
  readonly shape: readonly number[];
  declare base: Tensor | null;

  constructor(weight: Tensor, map: string, use_trivialization: boolean) {
    super();
    this.shape = weight.shape;
    this.orthogonal_map = map;
    if (use_trivialization) this.register_buffer('base', null);
  }

  override forward(given: Tensor): Tensor {
    const wide = (given.size(-2) as number) < (given.size(-1) as number);
    const X = wide ? given.mT : given;
    const Q = this.orthogonal_map === 'householder' ? this.reflected(X) : this.mapped(X);
    const moved = this.base ? this.base.matmul(Q) : Q;
    return wide ? moved.mT : moved;
  }

  private mapped(X: Tensor): Tensor {
    const [n, k] = X.shape.slice(-2) as [number, number];
    const lower = X.tril();
    const square = n === k ? lower : cat([lower, X.new_zeros([...X.shape.slice(0, -2), n, n - k])], -1);
    const A = square.sub(square.mT);
    if (this.orthogonal_map === 'matrix_exp') return matrix_exp(A).narrow(-1, 0, k);
    const identity = eye(n, { dtype: A.dtype });
    return solve(identity.sub(A.mul(0.5)), identity.add(A.mul(0.5))).narrow(-1, 0, k);
  }

  private reflected(X: Tensor): Tensor {
    const A = X.tril(-1);
    const tau = A.mul(A).sum(-2).add(1).reciprocal().mul(2);
    // Whole signs, without a gradient.
    const signs = X.diagonal(0, -2, -1).detach().trunc().unsqueeze(-2);
    return householder_product(A, tau).mul(signs);
  }

  right_inverse(given: Tensor): Tensor {
    if (sizeRepr(given.shape) !== sizeRepr(this.shape)) {
      throw new ValueError(
        `Expected a matrix or batch of matrices of shape ${sizeRepr(this.shape)}. ` +
          `Got a tensor of shape ${sizeRepr(given.shape)}.`,
      );
    }
    return no_grad(() => {
      const wide = (given.size(-2) as number) < (given.size(-1) as number);
      const Q = wide ? given.mT : given;
      if (!Object.hasOwn(this, 'base')) return this.reflections(Q, wide);
      const [n, k] = Q.shape.slice(-2) as [number, number];
      if (n === k) {
        this.base = isOrthogonal(Q) ? Q.clone() : orthonormal(Q);
      } else {
        const rest = randn([...Q.shape.slice(0, -2), n, n - k], { dtype: Q.dtype });
        this.base = orthonormal(cat([Q, rest], -1));
      }
      const start = zeros_like(given);
      start.diagonal(0, -2, -1).fill_(-1);
      return start;
    });
  }

  private reflections(Q: Tensor, wide: boolean): Tensor {
    if (this.orthogonal_map !== 'householder') {
      throw new NotImplementedError(
        'It is not possible to assign to the matrix exponential ' +
          'or the Cayley parametrizations when use_trivialization=False.',
      );
    }
    const { a, tau } = Q.geqrf();
    const diagonal = a.diagonal(0, -2, -1);
    diagonal.copy_(diagonal.sign().mul(tau.ne(0).to(a.dtype).mul(2).sub(1)));
    return wide ? a.mT : a;
  }
}

/**
 * Keeps a matrix orthogonal, by the exponential of a skew-symmetric matrix, its Cayley map, or Householder's reflections
 * (`orthogonal_map`: 'matrix_exp' for square matrices, 'cayley', 'householder' for others). It starts from the nearest
 * such matrix, which is kept as `base` with `use_trivialization`.
 * @example
 * const layer = new torch.nn.Linear(3, 3);
 * torch.nn.utils.parametrizations.orthogonal(layer);
 * torch.allclose(layer.weight.matmul(layer.weight.mT), torch.eye(3), { atol: 1e-5 }); // true
 */
export const orthogonal = withKeywords(
  'orthogonal',
  (
    module: Module,
    name: string = 'weight',
    orthogonal_map: string | null = null,
    use_trivialization: boolean = true,
  ) => ({ module, name, orthogonal_map, use_trivialization }),
  ({ module, name, orthogonal_map, use_trivialization }): Module => {
    const weight: unknown = Reflect.get(module, name);
    if (!(weight instanceof Tensor)) {
      throw new ValueError(`Module '${module}' has no parameter or buffer with name '${name}'`);
    }
    if (weight.dim() < 2) {
      throw new ValueError(`Expected a matrix or batch of matrices. Got a tensor of ${weight.dim()} dimensions.`);
    }
    const map = orthogonal_map ?? (weight.size(-2) === weight.size(-1) ? 'matrix_exp' : 'householder');
    if (!MAPS.includes(map)) {
      throw new ValueError(
        `orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${orthogonal_map}`,
      );
    }
    return register_parametrization(module, name, new _Orthogonal(weight, map, use_trivialization), { unsafe: true });
  },
);
