export interface SettingView {
  /** As it is in effect. */
  value: unknown;
  /** Set by the operator's environment or file: it can't be changed here. */
  fixed: boolean;
}

export interface SettingsView {
  /** By name. */
  settings: Readonly<Record<string, SettingView>>;
  /** A change takes effect by a new start of the node, which takes about a second. */
  restarting: boolean;
  /** Names this start: another one has another. */
  start: string;
}
