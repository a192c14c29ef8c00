import { type DynamicModule, Global, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ClockAgreement } from './clock-agreement.js';
import { KeyHolder } from './key-holder.js';

/** Well below the time for which KeyHolder makes keys ready ahead. */
const TURN_MS = 30_000;

@Injectable()
class KeyTurning {
  private readonly log = new Logger('keys');

  constructor(
    @Inject(KeyHolder) private readonly keys: KeyHolder,
    @Inject(ClockAgreement) private readonly agreement: ClockAgreement,
  ) {}

  @Interval(TURN_MS)
  async turn(): Promise<void> {
    try {
      await this.keys.turn(this.agreement.agrees());
    } catch (error) {
      this.log.error(`the keyring could not be turned: ${(error as Error).message}`);
    }
  }
}

@Global()
@Module({})
class KeysModule {}

/** The keyring in use, turned as days and epochs pass. */
export function keysModule(keys: KeyHolder, agreement: ClockAgreement): DynamicModule {
  return {
    module: KeysModule,
    providers: [
      { provide: KeyHolder, useValue: keys },
      { provide: ClockAgreement, useValue: agreement },
      KeyTurning,
    ],
    exports: [KeyHolder, ClockAgreement],
  };
}
