import { type Dict, exists, torch } from './api.js';
import { checkError } from './errors.js';
import { checkModule } from './modules.js';
import { checkOp } from './ops.js';
import { checkProgram, checkRng } from './programs.js';
import { checkPromotion } from './promotion.js';
import { type Check, Report, worst } from './report.js';
import { checkRepr } from './repr.js';
import type { Entry, Section } from './source.js';
import { checkTraining } from './training.js';

const CHECKS: Record<Section, (e: Entry, tols: Dict, report: Report) => void> = {
  ops: (e, tols, report) => checkOp(e.record, { head: e.head, family: e.family, tols }, report),
  errors: (e, _, report) => checkError(e.record, report),
  promotion: (e, _, report) => checkPromotion(e.record, report),
  repr: (e, _, report) => checkRepr(e.record, report),
  programs: (e, _, report) => checkProgram(e.record, report),
  rng: (e, _, report) => checkRng(e.record, report),
  training: (e, _, report) => checkTraining(e.record, report),
  modules: (e, tols, report) => checkModule(e.record, tols, report),
};

/** Replays one record; what ends it early is a check of its own, so nothing passes unseen. */
export function replay(entry: Entry, tols: Dict): Check[] {
  const report = new Report();
  try {
    CHECKS[entry.section](entry, tols, report);
  } catch (e) {
    report.caught('call', e);
  }
  return report.checks();
}

/** Whether the package has what a record is about at all; programs and texts are about several things. */
export function claims({ section, head, record }: Entry): boolean {
  if (section === 'modules') return exists(record.cls);
  if (section === 'training') return exists(record.optimizer.cls);
  if (section === 'promotion') return exists(record.op) || record.op in torch.Tensor.prototype;
  if (section !== 'ops' && section !== 'errors') return true;
  const { call, path } = section === 'ops' ? head : record;
  if (call === 'function') return exists(path);
  return path === '__getitem__' || path === '__setitem__' || path in torch.Tensor.prototype;
}

/** The reasons for what a record is. */
export function summary(checks: Check[]): string {
  const status = worst(checks);
  const bad = checks.filter((c) => c.status === status && status !== 'passed');
  return bad.map((c) => `${c.kind}: ${c.why}`).join('; ');
}
