/** train/*: whole training steps. */
import * as torch from '../../../index.js';
import { recorded, trainStep, type Workload } from '../workload.js';

const { nn, optim } = torch;
const { cross_entropy } = nn.functional;

/** Labels of ten classes. */
function labels(count: number): torch.Tensor {
  return torch.randint(0, 10, [count]);
}

function mlp(): () => void {
  const { Sequential, Linear, ReLU } = nn;
  const model = new Sequential(new Linear(784, 512), new ReLU(), new Linear(512, 256), new ReLU(), new Linear(256, 10));
  const [x, y] = [torch.randn(128, 784), labels(128)];
  return trainStep(new optim.Adam(model.parameters()), () => cross_entropy(model(x), y));
}

function cnn(Conv2d: any, MaxPool2d: any): () => void {
  const model = new nn.Sequential(
    new Conv2d(1, 32, 3),
    new nn.ReLU(),
    new Conv2d(32, 64, 3),
    new nn.ReLU(),
    new MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(9216, 128),
    new nn.ReLU(),
    new nn.Linear(128, 10),
  );
  const [x, y] = [torch.randn(64, 1, 28, 28), labels(64)];
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  return trainStep(optimizer, () => cross_entropy(model(x), y));
}

function resnet18(Conv2d: any, BatchNorm2d: any, AdaptiveAvgPool2d: any): () => void {
  const convolution = (ci: number, co: number, k: number, stride: number, padding: number) =>
    new Conv2d(ci, co, k, stride, padding, { bias: false });

  class BasicBlock extends nn.Module {
    readonly main: any;
    readonly shortcut: any;

    constructor(ci: number, co: number, stride: number) {
      super();
      this.main = new nn.Sequential(
        convolution(ci, co, 3, stride, 1),
        new BatchNorm2d(co),
        new nn.ReLU(),
        convolution(co, co, 3, 1, 1),
        new BatchNorm2d(co),
      );
      this.shortcut =
        stride === 1 && ci === co
          ? new nn.Sequential()
          : new nn.Sequential(convolution(ci, co, 1, stride, 0), new BatchNorm2d(co));
    }

    override forward(x: torch.Tensor): torch.Tensor {
      return this.main(x).add(this.shortcut(x)).relu();
    }
  }

  const widths = [64, 64, 128, 128, 256, 256, 512, 512];
  const blocks = widths.map((co, i) => {
    const ci = widths[i - 1] ?? 64;
    return new BasicBlock(ci, co, ci === co ? 1 : 2);
  });
  const model = new nn.Sequential(
    convolution(3, 64, 3, 1, 1),
    new BatchNorm2d(64),
    new nn.ReLU(),
    ...blocks,
    new AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(512, 10),
  );
  const [x, y] = [torch.randn(16, 3, 32, 32), labels(16)];
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  return trainStep(optimizer, () => cross_entropy(model(x), y));
}

/** 4 layers, 4 heads, width 128, context 128, vocabulary 96, pre-norm, GELU, no dropout. */
function gpt(Embedding: any, LayerNorm: any, attention: any): () => void {
  const [vocabulary, width, heads, layers, context] = [96, 128, 4, 4, 128];

  class Block extends nn.Module {
    readonly norm1: any = new LayerNorm(width);
    readonly qkv = new nn.Linear(width, 3 * width);
    readonly proj = new nn.Linear(width, width);
    readonly norm2: any = new LayerNorm(width);
    readonly up = new nn.Linear(width, 4 * width);
    readonly down = new nn.Linear(4 * width, width);

    override forward(x: torch.Tensor): torch.Tensor {
      const [b, t] = x.shape as unknown as [number, number];
      const parts = this.qkv(this.norm1(x)).view(b, t, 3, heads, -1).permute(2, 0, 3, 1, 4);
      const attended = attention(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), { is_causal: true });
      const y = x.add(this.proj(attended.transpose(1, 2).reshape(b, t, -1)));
      return y.add(this.down(nn.functional.gelu(this.up(this.norm2(y)))));
    }
  }

  const parts = new nn.ModuleDict({
    token: new Embedding(vocabulary, width),
    position: new Embedding(context, width),
    blocks: new nn.Sequential(...Array.from({ length: layers }, () => new Block())),
    norm: new LayerNorm(width),
    head: new nn.Linear(width, vocabulary),
  });
  const at = (name: string): any => parts.get(name);
  const ids = torch.randint(0, vocabulary, [16, context + 1]);
  return trainStep(new optim.AdamW(parts.parameters(), { lr: 3e-4 }), () => {
    const [before, after] = [ids.narrow(1, 0, context), ids.narrow(1, 1, context)];
    const positions = at('position')(torch.arange(BigInt(context)));
    const x = at('blocks')(at('token')(before).add(positions));
    return cross_entropy(at('head')(at('norm')(x)).reshape(-1, vocabulary), after.reshape(-1));
  });
}

function lstm(LSTM: any): () => void {
  const recurrent = new LSTM(64, 256, 2, { batch_first: true });
  const head = new nn.Linear(256, 10);
  const [x, y] = [torch.randn(32, 64, 64), labels(32)];
  const model = new nn.ModuleList([recurrent, head]);
  return trainStep(new optim.Adam(model.parameters()), () => cross_entropy(head(recurrent(x)[0].select(1, -1)), y));
}

export const training: Workload[] = [
  recorded('train/mlp_mnist_b128_adam', { calls: 1 }, mlp),
  recorded('train/cnn_mnist_b64_sgd', { calls: 1 }, cnn, ['nn.Conv2d', 'nn.MaxPool2d']),
  recorded('train/resnet18_cifar_b16_sgd', { calls: 1 }, resnet18, [
    'nn.Conv2d',
    'nn.BatchNorm2d',
    'nn.AdaptiveAvgPool2d',
  ]),
  recorded('train/gpt_4x128_b16_adamw', { calls: 1 }, gpt, [
    'nn.Embedding',
    'nn.LayerNorm',
    'nn.functional.scaled_dot_product_attention',
  ]),
  recorded('train/lstm_2x256_t64_b32_adam', { calls: 1 }, lstm, ['nn.LSTM']),
];
