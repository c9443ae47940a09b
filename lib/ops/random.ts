/** Random ops that are methods of Tensor: samples into a tensor, and samples from one. */
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op, overload } from './define.js';
import { nativeChange } from './native-call.js';
import { empty_sized } from './natives.js';

const zeros = (g: Tensor): Tensor => g.new_zeros(g.shape);

/**
 * Samples each element from the uniform distribution over [from, to).
 * @example
 * torch.empty(3).uniform_(-1, 1);
 */
export const uniform_ = op('uniform_(Tensor self, float from=0, float to=1, *, Generator? generator=None)', {
  mutates: true,
});
derive(uniform_, { self: zeros });
/**
 * Samples each element from the normal distribution of this mean and standard deviation.
 * @example
 * torch.manual_seed(0);
 * torch.empty(3).normal_(); // tensor([ 1.5410, -0.2934, -2.1788])
 */
export const normal_ = op('normal_(Tensor self, float mean=0, float std=1, *, Generator? generator=None)', {
  mutates: true,
});
derive(normal_, { self: zeros });
/**
 * Samples numbers whose logarithm has the normal distribution of this mean and standard deviation.
 * @example
 * torch.empty(4).log_normal_().gt(0); // tensor([True, True, True, True])
 */
export const log_normal_ = op('log_normal_(Tensor self, float mean=1, float std=2, *, Generator? generator=None)', {
  mutates: true,
});
derive(log_normal_, { self: zeros });
/**
 * Samples each element from the Cauchy distribution.
 * @example
 * torch.empty(4).cauchy_().shape; // [4]
 */
export const cauchy_ = op('cauchy_(Tensor self, float median=0, float sigma=1, *, Generator? generator=None)', {
  mutates: true,
});
derive(cauchy_, { self: zeros });
/**
 * Samples each element from the exponential distribution of rate `lambd`.
 * @example
 * torch.empty(4).exponential_().gt(0); // tensor([True, True, True, True])
 */
export const exponential_ = op('exponential_(Tensor self, float lambd=1, *, Generator? generator=None)', {
  mutates: true,
});
derive(exponential_, { self: zeros });
/**
 * Samples how many trials it takes to the first success of probability `p`, at least 1.
 * @example
 * torch.empty(4).geometric_(0.5).ge(1); // tensor([True, True, True, True])
 */
export const geometric_ = op('geometric_(Tensor self, float p, *, Generator? generator=None)', { mutates: true });
derive(geometric_, { self: zeros });

const randomFrom = op('random_.from(Tensor self, Scalar from, Scalar? to, *, Generator? generator=None)', {
  native: 'random_from',
  mutates: true,
  backward: 'RandomBackward0',
});
derive(randomFrom, { self: zeros });
const randomTo = op('random_.to(Tensor self, Scalar to, *, Generator? generator=None)', {
  native: 'random_to',
  mutates: true,
  backward: 'RandomBackward1',
});
derive(randomTo, { self: zeros });
const randomAll = op('random_(Tensor self, *, Generator? generator=None)', {
  mutates: true,
  method: false,
  backward: 'RandomBackward2',
});
derive(randomAll, { self: zeros });
/**
 * Samples whole numbers: of [from, to), of [0, to), or of all that the dtype holds exactly.
 * @example
 * torch.empty(3).random_(1, 7);
 */
export const random_ = overload('random_', [randomAll, randomTo, randomFrom]);

const bernoulliTensor_ = op('bernoulli_.Tensor(Tensor self, Tensor p, *, Generator? generator=None)', {
  native: 'bernoulli_tensor_',
  mutates: true,
  backward: 'BernoulliBackward1',
});
derive(bernoulliTensor_, { self: zeros, p: ['p', (_, s) => s.p.new_zeros(s.p.shape)] });
const bernoulliFloat_ = op('bernoulli_.float(Tensor self, float p=0.5, *, Generator? generator=None)', {
  native: 'bernoulli_',
  mutates: true,
  backward: 'BernoulliBackward2',
});
derive(bernoulliFloat_, { self: zeros });
/**
 * Sets each element to 1 with probability `p` (a number, or a tensor of them), else to 0.
 * @example
 * torch.empty(4).bernoulli_(1); // tensor([1., 1., 1., 1.])
 */
export const bernoulli_ = overload('bernoulli_', [bernoulliTensor_, bernoulliFloat_]);

const drawProbabilities = nativeChange('bernoulli_tensor_(Tensor self, Tensor p, Generator? generator)');
const drawProbability = nativeChange('bernoulli_(Tensor self, float p, Generator? generator)');
const bernoulliOf = op('bernoulli(Tensor self, *, Generator? generator=None)', { method: false });
derive(bernoulliOf, { self: zeros });
implement(bernoulliOf, (self, generator) => drawProbabilities(empty_sized(self.shape, self.dtype), self, generator));
const bernoulliP = op('bernoulli.p(Tensor self, float p, *, Generator? generator=None)');
compose(bernoulliP, (self, p, generator) => drawProbability(empty_sized(self.shape, self.dtype), p, generator));
/**
 * Ones with the probabilities in `self` (or `p`), else zeros, in the dtype of `self`.
 * @example
 * torch.bernoulli(torch.tensor([0, 1])).tolist(); // [0, 1]
 */
export const bernoulli = overload('bernoulli', [bernoulliOf, bernoulliP]);

/**
 * `num_samples` indices into the last dimension of `self`, whose elements are their weights, for each row: int64.
 * @example
 * torch.multinomial(torch.tensor([0, 3, 0]), 1).tolist(); // [1]
 */
export const multinomial = op(
  'multinomial(Tensor self, int num_samples, bool replacement=False, *, Generator? generator=None)',
);
derive(multinomial, 'none');
