export { Adadelta } from './adadelta.js';
export { Adafactor } from './adafactor.js';
export { Adagrad } from './adagrad.js';
export { Adam, AdamW } from './adam.js';
export { Adamax } from './adamax.js';
export { ASGD } from './asgd.js';
export { LBFGS } from './lbfgs.js';
export * as lr_scheduler from './lr_scheduler/index.js';
export { Muon } from './muon.js';
export { NAdam } from './nadam.js';
export {
  Optimizer,
  register_optimizer_step_post_hook,
  register_optimizer_step_pre_hook,
} from './optimizer.js';
export { RAdam } from './radam.js';
export { RMSprop } from './rmsprop.js';
export { Rprop } from './rprop.js';
export { SGD } from './sgd.js';
export * as swa_utils from './swa_utils.js';
