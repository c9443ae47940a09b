/** Samples of gamma, Dirichlet and binomial distributions, the first two with gradients of their parameters. */

import { finfo } from '../dtype-info.js';
import { RuntimeError } from '../errors.js';
import type { Generator } from '../random.js';
import type { Tensor } from '../tensor.js';
import { derive, implement, op } from './define.js';

const noGradient = (name: string) => (): never => {
  throw new RuntimeError(`derivative for aten::${name} is not implemented`);
};

/**
 * How a sample of a gamma distribution moves with its parameter.
 * @example
 * torch._standard_gamma_grad(torch.tensor([2]), torch.tensor([1.5])).shape; // [1]
 */
export const _standard_gamma_grad = op('_standard_gamma_grad(Tensor self, Tensor output)', {
  method: false,
  native: 'standard_gamma_grad',
});
derive(_standard_gamma_grad, { self: noGradient('_standard_gamma_grad') });
/**
 * Samples from the gamma distributions of scale 1 whose shape parameters are in `self`.
 * @example
 * torch._standard_gamma(torch.tensor([0.5, 2])).shape; // [2]
 */
export const _standard_gamma = op('_standard_gamma(Tensor self, Generator? generator=None)', { method: false });
derive(_standard_gamma, {
  self: [['self', 'result'], (g, s) => g.mul(_standard_gamma_grad(s.self, s.result))],
});

/**
 * How a sample of a Dirichlet distribution moves with its parameters, of which `total` is the sum.
 * @example
 * torch._dirichlet_grad(torch.tensor([0.25]), torch.tensor([1]), torch.tensor([4])).shape; // [1]
 */
export const _dirichlet_grad = op('_dirichlet_grad(Tensor x, Tensor alpha, Tensor total)', {
  method: false,
  native: 'dirichlet_grad',
});
derive(_dirichlet_grad, {
  x: noGradient('_dirichlet_grad'),
  alpha: noGradient('_dirichlet_grad'),
  total: noGradient('_dirichlet_grad'),
});
/**
 * Samples from the Dirichlet distributions whose parameters are along the last dimension of `self`.
 * @example
 * torch._sample_dirichlet(torch.tensor([1, 2, 3])).sum().allclose(torch.tensor(1)); // true
 */
export const _sample_dirichlet = op('_sample_dirichlet(Tensor self, Generator? generator=None)', {
  method: false,
  native: '',
  backward: 'NotImplemented',
});
derive(_sample_dirichlet, { self: noGradient('_sample_dirichlet') });
implement(_sample_dirichlet, (self, generator) => shares(self, generator));

function shares(self: Tensor, generator: Generator | null): Tensor {
  const { tiny, eps } = finfo(self.dtype);
  // In float64, where small parameters do not underflow.
  const parts = _standard_gamma(self.double(), generator);
  return parts
    .div(parts.sum(-1, true))
    .to(self.dtype)
    .clamp(tiny, 1 - eps / 2);
}

/** _sample_dirichlet with a gradient. @internal */
export const dirichletSample = op('_dirichlet(Tensor concentration)', {
  method: false,
  native: '',
  backward: '_DirichletBackward',
});
implement(dirichletSample, (concentration) => shares(concentration, null));
derive(dirichletSample, {
  concentration: [
    ['concentration', 'result'],
    (g, s) => {
      const total = s.concentration.sum(-1, true).expand(s.concentration.shape);
      const slope = _dirichlet_grad(s.result, s.concentration, total);
      return slope.mul(g.sub(s.result.mul(g).sum(-1, true)));
    },
  ],
});

/**
 * How many of `count` trials of probability `prob` succeed, in their dtype.
 * @example
 * torch.binomial(torch.tensor([3]), torch.tensor([1])).tolist(); // [3]
 */
export const binomial = op('binomial(Tensor count, Tensor prob, Generator? generator=None)', {
  method: false,
  backward: 'NotImplemented',
});
derive(binomial, { count: noGradient('binomial'), prob: noGradient('binomial') });
