/**
 * What features ask for by injection. The wiring binds each token to an adapter, once, in a global module;
 * tests bind the memory versions.
 */
export const CONFIG = Symbol('Config');
export const CLOCK = Symbol('Clock');
export const COUNT_STORE = Symbol('CountStore');
export const VISITOR_IDS = Symbol('VisitorIds');
/** The `Records` of this node. */
export const RECORDS = Symbol('Records');
/** An `AuditLog`. */
export const AUDIT_LOG = Symbol('AuditLog');
export const LEGACY_REPORT_STORE = Symbol('LegacyReportStore');
/** An `AccessKeys`. */
export const ACCESS_KEYS = Symbol('AccessKeys');
/** A `Sessions`. */
export const SESSIONS = Symbol('Sessions');
/** A `Backups`. */
export const BACKUPS = Symbol('Backups');
/** `() => void`: the node stops and starts anew, with the settings of then. */
export const RESTART = Symbol('Restart');
/** A `LocalRequests`. */
export const LOCAL_REQUESTS = Symbol('LocalRequests');
/** The `ServerLimits`. */
export const SERVER_LIMITS = Symbol('ServerLimits');
