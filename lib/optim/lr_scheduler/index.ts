/** torch.optim.lr_scheduler. */
export { LRScheduler } from './base.js';
export { ChainedScheduler, SequentialLR } from './composed.js';
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './cosine.js';
export { CyclicLR, OneCycleLR } from './cycle.js';
export { ReduceLROnPlateau } from './plateau.js';
export {
  ConstantLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  PolynomialLR,
  StepLR,
} from './step.js';
