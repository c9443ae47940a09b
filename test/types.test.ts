/** The types of calls, which the compiler checks: a wrong one does not build. */

import * as torch from 'strided';

const { nn } = torch;

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only for `Same<…>` that holds. */
const holds = <_T extends true>(): void => undefined;

class Net extends nn.Module {
  fc = new nn.Linear(2, 3);
  override forward(x: torch.Tensor, scale: number = 1): { logits: torch.Tensor; scale: number } {
    return { logits: this.fc(x).mul(scale), scale };
  }
}

test('a module is called with the types of its forward', () => {
  const net = new Net();
  const out = net(torch.ones(4, 2), 2);
  holds<Same<typeof out, { logits: torch.Tensor; scale: number }>>();
  holds<Same<Parameters<typeof net>, [x: torch.Tensor, scale?: number]>>();
  expect(out.logits.shape).toEqual([4, 3]);
  // @ts-expect-error: its second argument is a number
  const wrong = (): unknown => net(torch.ones(4, 2), 'two');
  // @ts-expect-error: and its first one is needed
  const none = (): unknown => net();
  expect(wrong).toThrow();
  expect(none).toThrow();
});

test('layers and losses too', () => {
  const layer = new nn.Linear(2, 2)(torch.ones(1, 2));
  holds<Same<typeof layer, torch.Tensor>>();
  const loss = new nn.MSELoss()(layer, torch.zeros(1, 2));
  holds<Same<typeof loss, torch.Tensor>>();
  const chain = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU())(torch.ones(1, 2));
  holds<Same<typeof chain, torch.Tensor>>();
  expect(chain.shape).toEqual([1, 2]);
});

test('what a function gives comes out of the mode it runs in', () => {
  const plain = torch.no_grad(() => 3);
  holds<Same<typeof plain, number>>();
  const half = torch.autocast('cpu', torch.bfloat16, () => torch.ones(2));
  holds<Same<typeof half, torch.Tensor>>();
  const later = torch.autocast('cpu', async () => 'x');
  holds<Same<typeof later, Promise<string>>>();
  expect(plain).toBe(3);
});
