import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { ConsoleLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SetUp } from './accounts/set-up.js';
import { appModule, type NodeParts } from './app.module.js';
import { systemClock } from './clock/clock.js';
import { compatErrors } from './compat/compat-errors.js';
import type { Config } from './config/config.js';
import { federationErrors } from './federation/federation-errors.js';
import { type NewAccessKey, StoredAccessKeys } from './http/access-keys.js';
import { registerBodyParsers } from './http/body-parsers.js';
import { ClosedConnections } from './http/closed-connections.js';
import { firstAccessKeys } from './http/first-access-keys.js';
import { LocalSockets } from './http/local-requests.js';
import { listenOnSocket } from './http/local-socket.js';
import { describeApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem-filter.js';
import { boundConnections, defaultServerLimits, serverOptions } from './http/server-limits.js';
import { refuseWhileStopping } from './http/stopping.js';
import { schemeOf } from './identity/visitor-scheme.js';
import { ClockAgreement } from './keys/clock-agreement.js';
import { KeyHolder } from './keys/key-holder.js';
import { openChosen } from './settings/open-chosen.js';
import { errorCodeOf } from './storage/error-code.js';
import { openStores, type Stores } from './storage/open-stores.js';
import { BrowserHits } from './tracking/browser-hits.js';
import { isShortWayOpen, openShortWay } from './tracking/short-way.js';
import { trackingErrors } from './tracking/tracking.module.js';

/** What is being answered when the node stops may take so long. */
const STOP_MS = 2_000;

export interface StartOptions {
  /** Listen on host and port. A node without answers only on its own socket. */
  listens: boolean;
  /** Report, exchange and total on schedule. */
  exchanges: boolean;
}

export interface RunningNode {
  /** `http://127.0.0.1:3000`; null for a node that does not listen. */
  url: string | null;
  nodeId: string;
  /** Keys that were made at this start and are shown this once. */
  newKeys: readonly NewAccessKey[];
  /** Opens the way to the first account, until there is one; null when there is. Shown this once. */
  setUpToken: string | null;
  warnings: readonly string[];
  /** As it is in effect: with what was set in the browser. */
  config: Config;
  /** Resolves when an administrator changed what only a new start takes up. */
  restartWanted: Promise<void>;
  stop(): Promise<void>;
}

/** Opens the data directory and starts a node in it. Whatever fails closes again what was opened before. */
export async function startNode(config: Config, options: StartOptions): Promise<RunningNode> {
  const stores = await openStores(config, systemClock);
  try {
    return await startOn(stores, config, options);
  } catch (error) {
    await stores.close();
    throw error;
  }
}

async function startOn(stores: Stores, given: Config, options: StartOptions): Promise<RunningNode> {
  const { counts, records, nodeKey, backups } = stores;
  const { config, warnings: ofChoices } = await openChosen(given, records.settings);
  let restart: () => void = () => undefined;
  const restartWanted = new Promise<void>((resolve) => {
    restart = resolve;
  });
  const clock = systemClock;
  const scheme = schemeOf(config.visitor);
  const blind = !config.counting;
  const keys = await KeyHolder.open({ file: stores.keyringFile, clock, random: randomBytes, scheme, blind });
  const agreement = new ClockAgreement(clock, () => performance.now(), config.role !== 'standalone');
  const accessKeys = new StoredAccessKeys(records.accessKeys, clock, config);
  const newKeys = await firstAccessKeys(records.accessKeys, accessKeys, config);
  const local = new LocalSockets();
  const app = await createApp({
    ...{ config, clock, counts, records, nodeKey, keys, agreement, accessKeys },
    ...{ localRequests: local, backups, restart },
    exchanges: options.exchanges,
  });
  const socket = await answer(app, local, stores, config, options).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  return {
    url: options.listens ? await app.getUrl() : null,
    nodeId: nodeKey.nodeId,
    newKeys,
    setUpToken: app.get(SetUp).takeToken(),
    warnings: [...stores.warnings, ...ofChoices],
    ...{ config, restartWanted },
    stop: () => stopNode(app, socket, stores),
  };
}

/** First the port, which may be taken, then the socket that commands look for. */
async function answer(
  app: NestFastifyApplication,
  local: LocalSockets,
  stores: Stores,
  { port, host }: Config,
  { listens }: StartOptions,
): Promise<Server> {
  if (listens) await app.listen(port, host).catch((error: unknown) => refuseAddress(error, port, host));
  return listenOnSocket(stores.paths.socket, app.getHttpAdapter().getInstance(), local);
}

function refuseAddress(error: unknown, port: number, host: string): never {
  const code = errorCodeOf(error);
  if (code === 'EADDRINUSE') throw new Error(`port ${port} on ${host} is in use: set PORT to another one`);
  if (code === 'EACCES') throw new Error(`port ${port} on ${host} may not be used by this user: set PORT`);
  if (code === 'EADDRNOTAVAIL') throw new Error(`${host} is no address of this machine: set HOST`);
  throw error;
}

/** The whole application on given parts, ready to answer but not listening. */
export async function createApp(parts: NodeParts): Promise<NestFastifyApplication> {
  const limits = parts.serverLimits ?? defaultServerLimits;
  const filter = problemFilter();
  const adapter = new FastifyAdapter({
    frameworkErrors: filter.answer.bind(filter),
    ...serverOptions(limits),
  });
  registerBodyParsers(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(appModule(parts), adapter, {
    bodyParser: false,
    logger: new ConsoleLogger({ json: true, logLevels: ['error', 'warn'] }),
    abortOnError: false,
  });
  app.useGlobalFilters(filter);
  describeApi(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  if (isShortWayOpen(parts.config)) openShortWay(app.getHttpServer(), app.get(BrowserHits), filter);
  // After the short way, which takes the framework's listener for the only one.
  boundConnections(app.getHttpServer(), limits, app.get(ClosedConnections));
  return app;
}

function problemFilter(): ProblemFilter {
  return new ProblemFilter([trackingErrors, federationErrors, ...compatErrors]);
}

/** First no new requests, then the features, then the stores with what is still pending in them. */
async function stopNode(app: NestFastifyApplication, socket: Server, stores: Stores): Promise<void> {
  socket.closeAllConnections();
  await new Promise((resolve) => socket.close(resolve));
  const server: Server = app.getHttpServer();
  refuseWhileStopping(server, problemFilter());
  // A browser keeps connections ready on which it has asked nothing yet: the server would wait a minute for them.
  const patience = setTimeout(() => server.closeAllConnections(), STOP_MS);
  await app.close();
  clearTimeout(patience);
  await stores.close();
}
