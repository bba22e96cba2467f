// The gate as the production pipeline uses it: REST with a key.

export type Answer = { status: number; body: any };

export class Gate {
  constructor(
    private readonly address: string,
    private readonly key: string,
    /** The sample customer's first account. */
    readonly account: string,
  ) {}

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.ask('PUT', path, body);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.ask('POST', path, body);
  }

  private async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.key}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }
}
