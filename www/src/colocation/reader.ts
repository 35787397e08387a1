// What was typed, read as values. What cannot be read is a problem of its field; the field keeps its text.

import { parseMoment } from "../time";

export type Values = Readonly<Record<string, string>>;

export class Reader {
  constructor(
    readonly values: Values,
    private readonly prefix: string,
    private readonly problems: Map<string, string>,
    private readonly lists: (name: string) => Reader[] = () => [],
  ) {}

  line(name: string): string {
    return (this.values[name] ?? "").trim();
  }

  orNull(name: string): string | null {
    return this.line(name) === "" ? null : this.line(name);
  }

  lines(name: string): string[] {
    return this.line(name).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  }

  time(name: string): number {
    const moment = parseMoment(this.line(name));
    if (moment !== null && moment >= 0) return moment;
    this.complain(name, "Enter a date and time in UTC, such as 2026-01-31 14:03:22.");
    return 0;
  }

  count(name: string): number {
    const text = this.line(name);
    if (/^[0-9]{1,9}$/.test(text)) return Number(text);
    this.complain(name, "Enter a whole number.");
    return 0;
  }

  rows(name: string): Reader[] {
    return this.lists(name);
  }

  private complain(name: string, message: string): void {
    this.problems.set(`${this.prefix}-${name}`, message);
  }
}
