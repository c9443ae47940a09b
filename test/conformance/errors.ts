import type { Value } from './api.js';
import { callAs } from './call.js';
import { need } from './compare.js';
import { Decoder } from './decode.js';
import { checkClass, checkText, raisedBy } from './raised.js';
import type { Report } from './report.js';

/** A rejected call: its class, and its text where that is PyTorch's own. */
export function checkError(r: Value, report: Report): void {
  const d = new Decoder();
  const [args, kwargs] = [d.list(r.args), d.dict(r.kwargs)];
  report.wholeFloat = d.wholeFloat;
  const e = raisedBy(() => callAs(r.call, r.path, args, kwargs, r.args));
  report.attempt('class', () => {
    need(e, () => `does not raise ${r.error.type}: ${r.error.message}`);
    checkClass(r.error, e);
  });
  if (e && !r.python && !r.internal) report.attempt('text', () => checkText(r.error, e));
}
