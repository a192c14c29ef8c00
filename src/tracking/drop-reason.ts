/**
 * Why a hit was not counted. Each is counted by day under its name, so that a number that looks too low can be
 * explained.
 *
 * `bot`: the agent names itself a program; `do-not-track`: DNT or Sec-GPC; `no-consent`: the site said so;
 * `ignored-address`: on the operator's list; `no-visitor`: scheme `site-id` without an id; `no-cookie`: scheme
 * `cookie` where none can be given; `no-address`: the connection has none; `rate-limited`: more than one address
 * may send; `too-old`, `in-future`: no day of ours.
 */
export type DropReason =
  | 'bot'
  | 'do-not-track'
  | 'no-consent'
  | 'ignored-address'
  | 'no-visitor'
  | 'no-cookie'
  | 'no-address'
  | 'rate-limited'
  | 'too-old'
  | 'in-future';

export type Outcome = 'counted' | DropReason;
