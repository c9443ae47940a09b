export { Adam, AdamW } from './adam.js';
export { Optimizer } from './optimizer.js';
export { SGD } from './sgd.js';
