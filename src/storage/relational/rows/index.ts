import { AccessKeyRows } from './access-key-row.js';
import { AccountRows } from './account-row.js';
import { AuditRows } from './audit-row.js';
import { DecisionRows } from './decision-row.js';
import { LegacyReportRows } from './legacy-report-row.js';
import { PeerRows } from './peer-row.js';
import { ReportRows } from './report-row.js';
import { RulingRows } from './ruling-row.js';
import { SessionRows } from './session-row.js';
import { SettingRows } from './setting-row.js';
import { MentionRows, SketchRows } from './sketch-row.js';

export const ROWS = [
  ReportRows,
  DecisionRows,
  SketchRows,
  MentionRows,
  PeerRows,
  SettingRows,
  AccessKeyRows,
  LegacyReportRows,
  RulingRows,
  AuditRows,
  AccountRows,
  SessionRows,
];
