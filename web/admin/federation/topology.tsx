import { useSignal } from '@preact/signals';
import type { NodeStatus } from '../../../src/federation/node-status.js';
import type { OriginView } from '../../../src/federation/origin-view.js';
import { t } from '../texts.js';
import { type Health, healthOf, nameOf } from './health.js';
import { type Place, radiusOf, ringPlaces } from './rings.js';

interface TopologyNode {
  id: string;
  name: string;
  health: Health;
  /** Of the total, 0 to 1. */
  share: number;
}

const MARGIN = 70;
/** More names than this lie on each other. */
const NAMED_MAX = 16;
const NAME_CHARS = 16;
/** Of a finger: neighbours on a ring are twice as far apart. */
const REACH = 23;
/** Around the rings, from the innermost outwards. */
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Who exchanges reports with whom: the hub in the middle, or everyone of a mesh on a ring, and how each line fares. */
export function Topology({ status, origins }: { status: NodeStatus; origins: readonly OriginView[] }) {
  const { middle, around } = arranged(status, origins);
  const chosen = useSignal<string | null>(null);
  if (around.length === 0) return <p class="soft">{t('topologyEmpty')}</p>;
  const places = ringPlaces(around.length);
  const radius = radiusOf(places) + MARGIN;
  const self = around.findIndex(({ id }) => id === status.node);
  const at = around.findIndex(({ id }) => id === chosen.value);
  const step = (event: KeyboardEvent) => {
    const steps = STEPS[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    const next = at < 0 ? 0 : (at + steps + around.length) % around.length;
    chosen.value = around[next]!.id;
  };
  const from = middle ? { x: 0, y: 0 } : places[self];
  return (
    <figure class="topology">
      <div
        class="rings"
        role="listbox"
        tabIndex={0}
        aria-label={summaryOf(around)}
        aria-activedescendant={at < 0 ? undefined : dotId(around[at]!)}
        onKeyDown={step}
      >
        <svg role="presentation" viewBox={`${-radius} ${-radius} ${2 * radius} ${2 * radius}`}>
          {from &&
            around.map((node, index) =>
              index === self && !middle ? null : (
                <Line key={node.id} node={node} from={from} to={places[index]!} />
              ),
            )}
          {around.map((node, index) => (
            <Dot
              key={node.id}
              node={node}
              place={places[index]!}
              isSelf={node.id === status.node}
              isNamed={around.length <= NAMED_MAX}
              isChosen={index === at}
              onChoose={() => (chosen.value = node.id)}
            />
          ))}
          {middle && <Middle name={middle} />}
        </svg>
      </div>
      <p class="chosen small">{at < 0 ? t('topologyChoose') : textOf(around[at]!)}</p>
      <Legend around={around} />
    </figure>
  );
}

/** A hub sees itself in the middle and a member its hub; in a mesh there is no middle. */
function arranged(
  status: NodeStatus,
  origins: readonly OriginView[],
): { middle: string | null; around: TopologyNode[] } {
  const around = origins.map(topologyNode);
  const ownName = status.name ?? t('thisNode');
  if (status.role === 'hub')
    return { middle: ownName, around: around.filter(({ id }) => id !== status.node) };
  const self = around.find(({ id }) => id === status.node) ?? {
    id: status.node,
    name: ownName,
    health: 'fine',
    share: 0,
  };
  const others = around.filter(({ id }) => id !== status.node);
  const hub = status.role === 'member' ? status.exchanges[0] : undefined;
  if (!hub) return { middle: null, around: [self, ...others] };
  const reached = hub.state === 'in step' ? self.health : 'failing';
  return {
    middle: hub.url,
    around: [{ ...self, health: reached }, ...others.filter(({ id }) => id !== hub.node)],
  };
}

function topologyNode(origin: OriginView): TopologyNode {
  const share = origin.windows?.['30d'].share ?? 0;
  return { id: origin.node, name: nameOf(origin), health: healthOf(origin), share };
}

function Line({ node, from, to }: { node: TopologyNode; from: Place; to: Place }) {
  return <path class={`line line-${node.health}`} d={`M${from.x} ${from.y}L${to.x} ${to.y}`} />;
}

interface DotProps {
  node: TopologyNode;
  place: Place;
  isSelf: boolean;
  isNamed: boolean;
  isChosen: boolean;
  onChoose(): void;
}

function Dot({ node, place, isSelf, isNamed, isChosen, onChoose }: DotProps) {
  const size = 6 + 12 * Math.sqrt(Math.min(1, node.share));
  return (
    <g class={`dot dot-${node.health}`} transform={`translate(${place.x} ${place.y})`}>
      <g
        id={dotId(node)}
        role="option"
        aria-selected={isChosen}
        aria-label={textOf(node)}
        onPointerEnter={onChoose}
        onClick={onChoose}
      >
        <circle class="dot-reach" r={REACH} />
        <circle class="dot-mark" r={size} />
      </g>
      {isSelf && <circle class="dot-self" r={size + 4} />}
      {isNamed && (
        <text y={place.y < -1 ? -size - 6 : size + 14} text-anchor="middle">
          {shortened(node.name)}
        </text>
      )}
    </g>
  );
}

function dotId({ id }: TopologyNode): string {
  return `dot-${id}`;
}

function textOf({ name, health }: TopologyNode): string {
  return `${name}: ${t(`health-${health}`)}`;
}

/** Its name is on a plate, so that no line crosses it. */
function Middle({ name }: { name: string }) {
  const text = shortened(name.replace(/^https?:\/\//, ''));
  const width = 12 + 8 * [...text].length;
  return (
    <g class="middle">
      <circle r="26" />
      <rect x={-width / 2} y="29" width={width} height="20" rx="4" />
      <text y="43" text-anchor="middle">
        {text}
      </text>
    </g>
  );
}

function shortened(name: string): string {
  const letters = [...name];
  return letters.length > NAME_CHARS ? `${letters.slice(0, NAME_CHARS - 1).join('')}…` : name;
}

const HEALTHS: readonly Health[] = ['fine', 'held', 'stale', 'failing', 'waiting', 'out'];

function countsOf(around: readonly TopologyNode[]): [Health, number][] {
  const counts = HEALTHS.map((health): [Health, number] => [
    health,
    around.filter((node) => node.health === health).length,
  ]);
  return counts.filter(([, count]) => count > 0);
}

function summaryOf(around: readonly TopologyNode[]): string {
  const counts = countsOf(around).map(([health, count]) => `${t(`health-${health}`)}: ${count}`);
  return `${t('topologyTitle')}. ${counts.join(', ')}`;
}

function Legend({ around }: { around: readonly TopologyNode[] }) {
  return (
    <figcaption class="legend small">
      {countsOf(around).map(([health, count]) => (
        <span key={health} class={`dot-${health}`}>
          <svg viewBox="0 0 36 12" width="36" height="12" aria-hidden="true">
            <path class={`line line-${health}`} d="M0 6H26" />
            <circle cx="30" cy="6" r="5" />
          </svg>
          {t(`health-${health}`)} ({count})
        </span>
      ))}
    </figcaption>
  );
}
