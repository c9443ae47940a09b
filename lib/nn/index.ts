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
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from './adaptive-pooling.js';
export { ModuleDict, ModuleList, Sequential } from './containers.js';
export { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './conv.js';
export { Dropout } from './dropout.js';
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
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from './padding.js';
export {
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  MaxUnpool1d,
  MaxUnpool2d,
  MaxUnpool3d,
} from './pooling.js';
export {
  ChannelShuffle,
  Fold,
  PixelShuffle,
  PixelUnshuffle,
  Unfold,
  Upsample,
  UpsamplingBilinear2d,
  UpsamplingNearest2d,
} from './upsampling.js';
