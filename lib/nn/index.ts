export * from './activation.js';
export * from './activation-bounds.js';
export * from './adaptive-pooling.js';
export { MultiheadAttention } from './attention.js';
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './batch-norm.js';
export { ModuleDict, ModuleList, Sequential } from './containers.js';
export { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv.js';
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
export * from './padding.js';
export { Buffer, Parameter } from './parameter.js';
export * from './pooling.js';
export { GRU, LSTM, RNN, RNNBase } from './rnn.js';
export { GRUCell, LSTMCell, RNNCell } from './rnn-cells.js';
export {
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from './transformer.js';
export * from './upsampling.js';
export * as utils from './utils/index.js';
