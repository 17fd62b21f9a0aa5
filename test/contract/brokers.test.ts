import { describe, test } from 'vitest';
import { systemClock } from '../../server/app/system-clock.js';
import { MemoryBroker } from '../../server/streams/memory-broker.js';
import { type BrokerUnderTest, brokerContract } from '../../server/testing/broker-contract.js';

async function openMemory(): Promise<BrokerUnderTest> {
  let opened = 0;
  const broker = new MemoryBroker({
    clock: systemClock,
    wallNow: Date.now,
    mark: 'hub1',
    nonce: () => `${++opened}`,
    maxItems: 50,
    maxBytes: 1 << 20,
  });
  return { broker, maxItems: 50 };
}

describe('the contract of a broker: streams in this process', () => {
  for (const { name, run } of brokerContract(openMemory)) test(name, run);
});
