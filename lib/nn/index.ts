export { GELU, LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from './activation.js';
export * from './activation-bounds.js';
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
} from './batch-norm.js';
export { ModuleDict, ModuleList, Sequential } from './containers.js';
export * from './dropout.js';
export { Embedding, EmbeddingBag } from './embedding.js';
export { Flatten, Unflatten } from './flatten.js';
export * as functional from './functional.js';
export * as init from './init.js';
export { Bilinear, Identity, Linear } from './linear.js';
export { BCELoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from './loss.js';
export * from './loss-margins.js';
export { Module } from './module.js';
export { GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm } from './normalization.js';
export { Buffer, Parameter } from './parameter.js';
export { GRU, LSTM, RNN, RNNBase } from './rnn.js';
export { GRUCell, LSTMCell, RNNCell } from './rnn-cells.js';
export * as utils from './utils/index.js';
