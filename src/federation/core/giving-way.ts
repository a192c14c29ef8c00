/** A request to join that waits for a person. */
export interface Waiting {
  nodeId: string;
  /** What it has in common with others from the same place of the network; null where that is not known. */
  place: string | null;
  /** When its sender was last heard of. */
  heardMs: number;
}

/**
 * Who gives way where no more may wait: in the place of the network with most requests, counting the new one from
 * `place`, the sender not heard of for longest. So whoever fills the places from a few networks pushes out itself, and
 * who goes on asking stays before who asked once. At least one must wait.
 */
export function givesWay(waiting: readonly Waiting[], place: string | null): string {
  const counts = new Map([[place, 1]]);
  for (const one of waiting) counts.set(one.place, (counts.get(one.place) ?? 0) + 1);
  const countOf = (one: Waiting) => counts.get(one.place) ?? 0;
  const [first] = [...waiting].sort((a, b) => countOf(b) - countOf(a) || a.heardMs - b.heardMs);
  return first!.nodeId;
}
