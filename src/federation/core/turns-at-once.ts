/** How many requests of each caller are under way. */
export class TurnsAtOnce {
  private readonly underWay = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** False while the caller has as many under way as it may; else `end` is called once it is over. */
  begin(caller: string): boolean {
    const count = this.underWay.get(caller) ?? 0;
    if (count >= this.max) return false;
    this.underWay.set(caller, count + 1);
    return true;
  }

  end(caller: string): void {
    const left = (this.underWay.get(caller) ?? 0) - 1;
    if (left > 0) this.underWay.set(caller, left);
    else this.underWay.delete(caller);
  }
}
