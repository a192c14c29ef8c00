import type { Command } from 'commander';
import type { EffectSide } from '../federation/core/effect.js';
import type { EffectView, EvidenceView } from '../federation/preview-views.js';
import { show, table, terminal, whole } from './output.js';
import { ruleWords } from './rule-words.js';
import { withNode } from './with-node.js';

/** What `headcount federation` shows before a decision. */
export function addPreview(federation: Command): void {
  federation
    .command('effect <action> <node> [day]')
    .description(
      'the total before and after hold, exclude, lift or release, which is not done yet; in a large federation it takes a minute',
    )
    .action(async (action: string, node: string, day: string | undefined, _options, command: Command) => {
      const query = new URLSearchParams({ action, node, ...(day && { day }) });
      const effect = await withNode((client) =>
        client.get<EffectView>(`/v1/admin/federation/effect?${query}`),
      );
      show(terminal(command.optsWithGlobals().json), effect, effectWords);
    });

  federation
    .command('evidence <node> <day>')
    .description('what speaks against a held report: rules, registers, the days before')
    .action(async (node: string, day: string, _options, command: Command) => {
      const path = `/v1/admin/federation/held/${encodeURIComponent(node)}/${encodeURIComponent(day)}`;
      const evidence = await withNode((client) => client.get<EvidenceView>(path));
      show(terminal(command.optsWithGlobals().json), evidence, evidenceWords);
    });
}

const WINDOWS = ['1d', '7d', '30d', 'all'] as const;

function effectWords({ before, after }: EffectView): string[] {
  const people = ({ windows }: EffectSide, name: (typeof WINDOWS)[number]) => {
    const { estimate, low, high } = windows[name].uniques;
    return estimate === null ? `${whole(low)} to ${whole(high)}` : whole(estimate);
  };
  const ofOrigin = ({ instance }: EffectSide, name: (typeof WINDOWS)[number]) =>
    whole(instance?.windows[name].estimate ?? null);
  const rows = WINDOWS.map((name) => [
    name,
    people(before, name),
    people(after, name),
    ofOrigin(before, name),
    ofOrigin(after, name),
  ]);
  return [table(['window', 'total', 'after', 'its own', 'after'], rows)];
}

function evidenceWords({ findings, sketches, history }: EvidenceView): string[] {
  const odd = sketches.map(
    ({ keyName, estimate, probability }) =>
      `sketch ${keyName}: of ${whole(estimate)} people; honest registers look as odd with probability ${probability.toExponential(1)}`,
  );
  const days = history.map(({ day, uniques, hits }) => [day, whole(uniques), whole(hits)]);
  return [...findings.map(ruleWords), ...odd, table(['day', 'people', 'hits'], days)];
}
