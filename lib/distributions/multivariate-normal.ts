import { enable_grad } from '../autograd/modes.js';
import { ValueError } from '../errors.js';
import { cholesky, solve_triangular } from '../linalg.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { broadcast_shapes, eye, randn } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Distribution } from './distribution.js';

const given = signature(
  'MultivariateNormal',
  (
    loc: Tensor,
    covariance_matrix: Tensor | null = null,
    precision_matrix: Tensor | null = null,
    scale_tril: Tensor | null = null,
    validate_args: boolean | null = null,
  ) => ({ loc, covariance_matrix, precision_matrix, scale_tril, validate_args }),
);

/** |L^-1 x|^2 for lower triangles (..., n, n) and vectors (..., n). */
export const mahalanobis = (L: Tensor, x: Tensor): Tensor =>
  solve_triangular(L, x.unsqueeze(-1), { upper: false }).squeeze(-1).pow(2).sum(-1);

/** Half the logarithm of the determinant of L L^T. */
export const halfLogDeterminant = (L: Tensor): Tensor => L.diagonal(0, -2, -1).log().sum(-1);

/** The lower triangle L with (L L^T)^-1 = P. */
function triangleOfPrecision(P: Tensor): Tensor {
  const turned = cholesky(P.flip(-2, -1)).flip(-2, -1).transpose(-2, -1);
  return solve_triangular(turned, eye(P.size(-1) as number, { dtype: P.dtype }), { upper: false });
}

/**
 * The normal distribution of vectors of mean `loc` with one of: a covariance matrix, its inverse, or its Cholesky factor
 * `scale_tril`.
 *
 * @example
 * const unit = new torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2));
 * unit.log_prob(torch.zeros(2)).item(); // -1.8378770351409912
 */
export class MultivariateNormal extends Distribution {
  readonly has_rsample = true;
  readonly loc: Tensor;
  /** The factor in the shape it was given in. @internal */
  readonly _unbroadcasted_scale_tril: Tensor;

  constructor(...args: ArgsOf<typeof given>) {
    const { validate_args, loc, ...matrices } = given.bind(args);
    if (loc.dim() < 1) throw new ValueError('loc must be at least one-dimensional.');
    const named = Object.entries(matrices).filter(([, matrix]) => matrix !== null) as [string, Tensor][];
    const [first] = named;
    if (first === undefined || named.length > 1) {
      throw new ValueError('Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.');
    }
    const [name, matrix] = first;
    if (matrix.dim() < 2) {
      const what = name === 'scale_tril' ? 'scale_tril matrix' : name;
      throw new ValueError(`${what} must be at least two-dimensional, with optional leading batch dimensions`);
    }
    const batch = broadcast_shapes(matrix.shape.slice(0, -2), loc.shape.slice(0, -1));
    const parameters = { loc: loc.expand([...batch, -1]), [name]: matrix.expand([...batch, -1, -1]) };
    const limits = {
      loc: constraints.real_vector,
      covariance_matrix: constraints.positive_definite,
      precision_matrix: constraints.positive_definite,
      scale_tril: constraints.lower_cholesky,
    };
    super(parameters, batch, loc.shape.slice(-1), limits, { validate_args });
    this.loc = parameters.loc as Tensor;
    if (name === 'scale_tril') this._unbroadcasted_scale_tril = matrix;
    else this._unbroadcasted_scale_tril = name === 'covariance_matrix' ? cholesky(matrix) : triangleOfPrecision(matrix);
  }

  get support(): constraints.Constraint {
    return constraints.real_vector;
  }

  #matrix(name: string, make: (L: Tensor) => Tensor): Tensor {
    const shape = [...this._batch_shape, ...this._event_shape, ...this._event_shape];
    this._given[name] ??= enable_grad(() => make(this._unbroadcasted_scale_tril).expand(shape));
    return this._given[name] as Tensor;
  }

  get scale_tril(): Tensor {
    return this.#matrix('scale_tril', (L) => L);
  }

  get covariance_matrix(): Tensor {
    return this.#matrix('covariance_matrix', (L) => L.matmul(L.mT));
  }

  get precision_matrix(): Tensor {
    return this.#matrix('precision_matrix', (L) => L.cholesky_inverse());
  }

  get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }

  get variance(): Tensor {
    return this._unbroadcasted_scale_tril
      .pow(2)
      .sum(-1)
      .expand([...this._batch_shape, ...this._event_shape]);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const noise = randn(this._extended_shape(sample_shape), { dtype: this.loc.dtype });
    return this.loc.add(this._unbroadcasted_scale_tril.matmul(noise.unsqueeze(-1)).squeeze(-1));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const L = this._unbroadcasted_scale_tril;
    const constant = (this._event_shape[0] as number) * Math.log(2 * Math.PI);
    return mahalanobis(L, value.sub(this.loc)).add(constant).mul(-0.5).sub(halfLogDeterminant(L));
  }

  override entropy(): Tensor {
    const constant = 0.5 * (this._event_shape[0] as number) * (1 + Math.log(2 * Math.PI));
    const entropy = halfLogDeterminant(this._unbroadcasted_scale_tril).add(constant);
    return this._batch_shape.length === 0 ? entropy : entropy.expand(this._batch_shape);
  }
}
