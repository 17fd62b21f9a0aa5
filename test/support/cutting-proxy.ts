/** A TCP proxy in front of a hub, whose connections a test can cut, as networks do. The hub behind it may change. */

import { connect, createServer, type Server, type Socket } from 'node:net';

export class CuttingProxy {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** Port of the hub. */
  target: number;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.target = target;
  }

  static async open(target: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server, target);
    server.on('connection', (near) => proxy.#join(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Number of connections through it. */
  get size(): number {
    return this.#open.size;
  }

  /** Cuts all connections at once, whatever they are carrying. */
  cut(): void {
    for (const near of this.#open) near.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1');
    this.#open.add(near);
    near.pipe(far).pipe(near);
    const end = (): void => {
      this.#open.delete(near);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
  }
}
