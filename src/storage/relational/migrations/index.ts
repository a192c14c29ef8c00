import { AddAccounts } from './add-accounts.js';
import { AddDecisionEvidence } from './add-decision-evidence.js';
import { AddPeerContradiction } from './add-peer-contradiction.js';
import { AddPeerIntroducers } from './add-peer-introducers.js';
import { AddRulingsAndAuditLog } from './add-rulings-and-audit-log.js';
import { CreateRecords } from './create-records.js';
import { NoteNewestAuditEntry } from './note-newest-audit-entry.js';
import { StoreShortSketchesPlain } from './store-short-sketches-plain.js';

/** Every migration, oldest first. Listed by hand: what runs against a database is read here, not found on a disk. */
export const MIGRATIONS = [
  CreateRecords,
  AddRulingsAndAuditLog,
  AddPeerContradiction,
  AddDecisionEvidence,
  AddAccounts,
  AddPeerIntroducers,
  StoreShortSketchesPlain,
  NoteNewestAuditEntry,
];
